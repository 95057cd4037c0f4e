import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What differs from one page of the app to another. */
export interface AppPage {
  /** Attributes of the snippet's tag; null for a page without the tag. */
  readonly attributes?: string | null;
  /** A script that runs before the snippet. */
  readonly before?: string;
  /** A module. */
  readonly module?: string;
  readonly body?: string;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request for a page. */
export interface PageRequest {
  readonly path: string;
  readonly cookie: string | undefined;
}

/** An app with a strict policy and the snippet in its pages. */
export interface SnippetApp {
  readonly port: number;
  /** Tells the app where the API is. */
  readonly connect: (apiUrl: string) => void;
  /** Adds a page, and returns its path. */
  readonly add: (page: AppPage) => string;
  /** Adds another file, whose content may come later, and returns its path. */
  readonly addFile: (type: string, content: string | Promise<string>) => string;
  readonly requests: readonly PageRequest[];
  readonly stop: () => void;
}

export async function startSnippetApp(): Promise<SnippetApp> {
  let apiUrl = '';
  const pages = new Map<string, AppPage>();
  const files = new Map<string, { type: string; content: string | Promise<string> }>();
  const requests: PageRequest[] = [];
  const addFile = (type: string, content: string | Promise<string>) => {
    const path = `/file-${files.size}`;
    files.set(path, { type, content });
    return path;
  };
  const policy = () =>
    [
      "default-src 'none'",
      `script-src 'self' ${apiUrl}`,
      `connect-src ${apiUrl}`,
      "form-action 'self'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ].join('; ');
  const html = ({ attributes = 'async', before, module, body = '' }: AppPage) => `<!doctype html>
<title>An app</title>
${before === undefined ? '' : `<script src="${addFile('text/javascript', before)}"></script>`}
${attributes === null ? '' : `<script src="${apiUrl}/referrals.js" ${attributes}></script>`}
<body>
${body}
${module === undefined ? '' : `<script type="module" src="${addFile('text/javascript', module)}"></script>`}
</body>`;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://app').pathname;
    const file = files.get(path);
    if (file !== undefined) {
      return response.setHeader('content-type', file.type).end(await file.content);
    }
    if (request.method === 'POST') {
      response.setHeader('content-type', 'text/plain');
      return response.end(await text(request));
    }
    requests.push({ path: request.url ?? '', cookie: request.headers.cookie });
    const page = pages.get(path) ?? {};
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', policy());
    for (const [name, value] of Object.entries(page.headers ?? {})) response.setHeader(name, value);
    return response.end(html(page));
  });
  server.listen(0);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connect: (url) => {
      apiUrl = url;
    },
    add: (page) => {
      const path = `/page-${pages.size}`;
      pages.set(path, page);
      return path;
    },
    addFile,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
