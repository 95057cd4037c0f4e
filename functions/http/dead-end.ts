import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpEvent } from './http-handler.ts';

const STYLE = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:1.5rem;overflow-wrap:anywhere}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}
a{color:LinkText}`;

/** Nothing may load or run but this style. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whether a person's browser opens a page, and can show one. */
export const opensPage = ({ requestContext, headers }: HttpEvent): boolean =>
  requestContext.http.method === 'GET' &&
  /\btext\/html\b/i.test(headers.accept ?? '') &&
  (headers['sec-fetch-dest'] || 'document') === 'document';

/**
 * The page for a visitor whose link leads nowhere. It has nothing of the request in it.
 *
 * @param app absolute URL of the way on.
 */
export function deadEnd(app: string): HttpAnswer {
  const { href, host } = new URL(app);
  return {
    statusCode: 404,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>This link leads nowhere</title>
<style>${STYLE}</style>
<main>
<h1>This link leads nowhere</h1>
<p>It may have been mistyped, or cut off.</p>
<p><a href="${escaped(href)}">Go on to ${escaped(host)}</a></p>
</main>
</html>
`,
  };
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
