// Supabase's REST and auth API over a PostgreSQL that runs. Settings come in the environment; the
// first line of stdout is JSON {port}. Ends with its stdin, so that it never outlives its tests.
import { createHmac } from 'node:crypto';

import { serve } from '@hono/node-server';
import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';

const { DATABASE_URL, JWT_SECRET, ANON_KEY, JWT_EXPIRY, PORT } = process.env;

const connection = createPostgresConnection({
  url: DATABASE_URL,
  postgresOptions: { onnotice: () => undefined }
});
const app = new App({
  connection,
  auth: {
    enabled: true,
    jwt_secret: JWT_SECRET,
    jwt_expiry: Number(JWT_EXPIRY),
    publishable_key: ANON_KEY,
    site_url: 'http://127.0.0.1',
    email: { enable_confirmations: false }
  },
  options: { server: { admin: false } }
});
await app.ensureSystemSchema();

// Where it differs from Supabase: times end in +00 instead of +00:00, which clients do not read, and
// tokens do not name their issuer.
const HOURS = /(\d\d:\d\d:\d\d(?:\.\d+)?)\+00"/g;
const TOKEN = /"access_token":"([^".]+)\.([^".]+)\.[^"]+"/;

function withIssuer(body, issuer) {
  return body.replace(TOKEN, (_, header, payload) => {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const said = Buffer.from(JSON.stringify({ iss: issuer, ...claims })).toString('base64url');
    const signed = createHmac('sha256', JWT_SECRET).update(`${header}.${said}`);
    return `"access_token":"${header}.${said}.${signed.digest('base64url')}"`;
  });
}

async function answer(request, env) {
  const peerAddress = env.incoming.socket.remoteAddress ?? null;
  const response = await app.fetch(request, { peerAddress });
  const { origin, pathname } = new URL(request.url);
  if (!pathname.startsWith('/auth/v1')) {
    return response;
  }
  const text = (await response.text()).replace(HOURS, '$1+00:00"');
  const body = withIssuer(text, `${origin}/auth/v1`);
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(response.status === 204 ? null : body, { status: response.status, headers });
}

const server = serve(
  { hostname: '127.0.0.1', port: Number(PORT ?? 0), fetch: answer },
  ({ port }) => console.log(JSON.stringify({ port }))
);

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
