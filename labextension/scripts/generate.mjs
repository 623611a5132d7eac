// Generates src/api/schema.ts from the server's OpenAPI document; `--check` only compares.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import * as prettier from 'prettier';

const source = new URL('../../datalens_jupyter/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.ts', import.meta.url);

const types = astToString(await openapiTS(source));
const options = await prettier.resolveConfig(target);
const generated = await prettier.format(
  `// Generated from datalens_jupyter/openapi.json by \`jlpm generate\`. Do not edit.\n\n${types}`,
  { ...options, parser: 'typescript' }
);

if (!process.argv.includes('--check')) {
  await writeFile(target, generated);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== generated) {
  console.error('src/api/schema.ts is stale: run `jlpm generate`.');
  process.exit(1);
}
