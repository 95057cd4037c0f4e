import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of an app, as simple as an app may be: unless told otherwise it leaves the handoff in its address. */
const page = (apiUrl: string) => `<!doctype html>
<title>An app</title>
<script type="module">
  const send = async (route, token, body) => {
    const [method, path] = route.split(' ');
    const session = localStorage.getItem('session');
    const response = await fetch(${JSON.stringify(apiUrl)} + path, {
      method,
      credentials: 'include',
      headers: {
        ...(token && { authorization: 'Bearer ' + token }),
        ...(session && { 'x-referral-session': session }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const token = localStorage.getItem('token');
  const handoff = new URL(location.href).searchParams.get('referral_handoff');
  if (handoff !== null) {
    const { body } = await send('POST /session', token, { handoff });
    localStorage.setItem('session', body.session);
    if (localStorage.getItem('tidy')) history.replaceState(null, '', location.pathname);
  }
  const load = (element, src) => new Promise((resolve) => {
    Object.assign(element, { src, onload: resolve, onerror: resolve });
    document.body.append(element);
  });
  const loadAsParts = async (url) => {
    await load(new Image(), url);
    await load(document.createElement('script'), url);
    await fetch(url, { mode: 'no-cors' });
  };
  Object.assign(window, { send, loadAsParts });
</script>`;

/** The app's own server. */
export interface App {
  readonly port: number;
  /** Tells the app where the API is. */
  readonly connect: (apiUrl: string) => void;
  /** The `Referer` of each request so far. */
  readonly referers: readonly string[];
  readonly stop: () => void;
}

export async function startApp(): Promise<App> {
  let apiUrl = '';
  const referers: string[] = [];
  const server = createServer(({ headers }, response) => {
    if (headers.referer !== undefined) referers.push(headers.referer);
    response.setHeader('content-type', 'text/html').end(page(apiUrl));
  });
  server.listen(0);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    referers,
    connect: (url) => {
      apiUrl = url;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
