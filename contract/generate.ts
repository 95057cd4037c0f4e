import { writeFile } from 'node:fs/promises';
import openapiTypeScript, { astToString } from 'openapi-typescript';
import { openApiDocument } from './document.ts';

/** The files that are made of the service's routes and schemas, by path. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const document = openApiDocument();
  const types = await openapiTypeScript(document as never, { alphabetize: false });
  return {
    'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'web/client/contract.ts': `// Made by npm run contract.\n${astToString(types)}`,
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await generatedFiles())) await writeFile(path, text);
}
