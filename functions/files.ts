import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type HttpAnswer, httpHandler } from './http/http-handler.ts';
import { readSettings } from './setup/settings.ts';

const settings = readSettings(process.env);

/** The files that this function serves, each at its own name, and their content types. */
const TYPES = {
  'openapi.json': 'application/json',
  'referrals.js': 'text/javascript; charset=utf-8',
};

/** Seconds. The names stay the same from version to version. */
const MAX_AGE = 3600;

const files = new Map(
  Object.entries(TYPES).map(([name, type]) => {
    const content = readFileSync(join(settings.filesDirectory ?? import.meta.dirname, name));
    const hash = createHash('sha256').update(content).digest('base64url');
    return [
      `GET /${name}`,
      {
        content,
        compressed: gzipSync(content),
        headers: {
          'content-type': type,
          // Weak, because it is the same whether or not the content is compressed.
          etag: `W/"${hash}"`,
          'cache-control': `public, max-age=${MAX_AGE}`,
          vary: 'accept-encoding',
          // Pages that isolate themselves from other origins may load them too.
          'cross-origin-resource-policy': 'cross-origin',
        },
      },
    ];
  }),
);

/** `GET /referrals.js` and `GET /openapi.json`. An HTTP API does not compress, so this does. */
export const handler = httpHandler(settings, async ({ routeKey, headers }): Promise<HttpAnswer> => {
  const file = files.get(routeKey);
  if (file === undefined) throw new Error(`The function files has no route ${routeKey}.`);
  if (headers['if-none-match']?.includes(file.headers.etag)) {
    return { statusCode: 304, headers: file.headers };
  }
  const isCompressed = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  return {
    statusCode: 200,
    headers: { ...file.headers, ...(isCompressed && { 'content-encoding': 'gzip' }) },
    body: (isCompressed ? file.compressed : file.content).toString('base64'),
    isBase64Encoded: true,
  };
});
