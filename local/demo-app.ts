import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Outputs } from './outputs.ts';

/** A file of the app that stands in for the developer's own. */
export interface DemoFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The app that stands in for the developer's own: its file at a path. Every page has the same file. */
export type DemoApp = (path: string, isPage: boolean) => Promise<DemoFile> | undefined;

const fileOf = (name: string) => fileURLToPath(new URL(`../web/demo/${name}`, import.meta.url));

/** Makes the app of `web/demo/` for a user pool. Its files are read anew each time, so that they can be edited. */
export function demoApp({
  CognitoEndpoint: endpoint,
  UserPoolClientId: clientId,
}: Pick<Outputs, 'CognitoEndpoint' | 'UserPoolClientId'>): DemoApp {
  // Nothing from elsewhere runs or loads, and yet the pages work: they call the API, and Cognito.
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src 'self' ${endpoint}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const file = async (type: string, body: string | Promise<string>): Promise<DemoFile> => ({
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
    body: await body,
  });
  const files: Readonly<Record<string, () => Promise<DemoFile>>> = {
    '/demo/app.js': () => file('text/javascript', script()),
    '/demo/style.css': () => file('text/css', readFile(fileOf('style.css'), 'utf8')),
    '/demo/pool.json': () => file('application/json', JSON.stringify({ endpoint, clientId })),
  };
  const page = () => file('text/html', readFile(fileOf('index.html'), 'utf8'));
  return (path, isPage) => (files[path] ?? (isPage ? page : undefined))?.();
}

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileOf('app.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}
