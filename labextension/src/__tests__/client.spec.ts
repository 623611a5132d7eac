/** @jest-environment node */

import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

import { ServerConnection } from '@jupyterlab/services';
import fc from 'fast-check';

import { DataLensClient } from '../api/client';
import { NOTHING_DECIDED } from '../model/reading';

interface ISent {
  method: string;
  path: string;
}

const ROOT = 'http://127.0.0.1:8888/user/ada/';
const DOCUMENT = JSON.parse(
  readFileSync(join(__dirname, '../../../datalens_jupyter/openapi.json'), 'utf-8')
) as { paths: Record<string, Record<string, unknown>> };

/** The calls of the REST interface, each as a method and a pattern of its path. */
const CALLS = Object.entries(DOCUMENT.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map(method => ({
    method: method.toUpperCase(),
    path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)
  }))
);

/** A client whose requests are kept and answered with an empty object. */
function recorded(): { client: DataLensClient; sent: ISent[] } {
  const sent: ISent[] = [];
  const fetch = (input: RequestInfo | URL): Promise<Response> => {
    const request = input as Request;
    const url = new URL(request.url);
    expect(request.url.startsWith(`${ROOT}datalens/api/`)).toBe(true);
    const path = url.pathname.slice(
      new URL(ROOT).pathname.length + 'datalens/api'.length
    );
    sent.push({ method: request.method, path });
    return Promise.resolve(new Response('{}', { status: 200 }));
  };
  const settings = ServerConnection.makeSettings({ baseUrl: ROOT, fetch });
  return { client: new DataLensClient(settings), sent };
}

const id = fc
  .string({ minLength: 1, maxLength: 40 })
  .filter(text => !/^\.\.?$/.test(text));

// Feature: glassbox-analyst, Property 27: Frontend-backend separation
// For any data request from the frontend, communication should occur exclusively through REST API
// endpoints without direct database access.
describe('what the front end asks for', () => {
  it('is a call of the REST interface, whatever the ids and texts', async () => {
    await fc.assert(
      fc.asyncProperty(id, fc.string(), async (one, text) => {
        const { client, sent } = recorded();
        await client.status();
        await client.upload({ path: text }, { sessionId: one });
        await client.query(one, text, false, null);
        await client.decidePlan(one, true, [text]);
        await client.dataset(one, one);
        await client.changePlan(one, one, NOTHING_DECIDED);
        await client.cancel(one);
        await client.sessions(text, text);
        await client.session(one);
        await client.rename(one, text);
        await client.delete(one);
        await client.preview(one, text, null);
        await client.export(one, 'html');
        await client.savePng(one, new Blob([text]));
        expect(sent).toHaveLength(14);
        for (const { method, path } of sent) {
          const known = CALLS.some(
            call => call.method === method && call.path.test(path)
          );
          expect([method, path, known]).toEqual([method, path, true]);
        }
      }),
      { numRuns: 100 }
    );
  });

  it('is asked for in one place: nothing else opens a connection', () => {
    const source = join(__dirname, '..');
    const files = readdirSync(source, { recursive: true, encoding: 'utf-8' }).filter(
      name => /\.tsx?$/.test(name) && !/^(api|__tests__)[/\\]/.test(name)
    );
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      const text = readFileSync(join(source, file), 'utf-8');
      const opens =
        /\bfetch\(|XMLHttpRequest|EventSource|sendBeacon|makeRequest|indexedDB|localStorage/;
      expect([file, opens.exec(text.replace(/state\?\.fetch\(/g, ''))]).toEqual([
        file,
        null
      ]);
    }
  });
});
