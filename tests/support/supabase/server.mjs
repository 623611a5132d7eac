// Supabase's REST, auth and storage API over a PostgreSQL that runs. Settings come in the environment; the
// first line of stdout is JSON {port}. Ends with its stdin, so that it never outlives its tests.
import { createHmac } from 'node:crypto';

import { serve } from '@hono/node-server';
import { App, setExperimental } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';

setExperimental('storage', true);
const { DATABASE_URL, JWT_SECRET, ANON_KEY, JWT_EXPIRY, PORT } = process.env;

/** The objects of Supabase's storage, in memory: as long as the tests. */
class Objects {
  driver = null;
  held = new Map();

  async uploadObject(bucket, key, version, body, contentType, cacheControl) {
    const bytes = Buffer.from(await new Response(body).arrayBuffer());
    this.held.set(`${bucket}/${key}`, { bytes, contentType, cacheControl });
    return this.headObject(bucket, key);
  }

  async headObject(bucket, key) {
    const object = this.held.get(`${bucket}/${key}`);
    return {
      httpStatusCode: 200,
      eTag: `"${object.bytes.length}"`,
      mimetype: object.contentType,
      cacheControl: object.cacheControl,
      contentLength: object.bytes.length,
      size: object.bytes.length,
      lastModified: new Date()
    };
  }

  async getObject(bucket, key) {
    const { bytes } = this.held.get(`${bucket}/${key}`);
    return { metadata: await this.headObject(bucket, key), httpStatusCode: 200, body: new Response(bytes).body };
  }

  async deleteObject(bucket, key) {
    this.held.delete(`${bucket}/${key}`);
  }

  async deleteObjects(bucket, keys) {
    keys.forEach(key => this.held.delete(`${bucket}/${key}`));
  }
}

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
  storage: { enabled: true },
  options: { server: { admin: false } }
});
app._storageAdapter = new Objects();
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
  if (!pathname.startsWith('/auth/v1') && !pathname.startsWith('/storage/v1/bucket')) {
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
