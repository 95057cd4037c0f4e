import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ReferralsClient, ReferralsOptions } from '../../web/client/index.ts';
import { BROWSER, createReferral, signUp } from '../integration/client.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';
import { TIME } from '../integration/time.ts';

declare global {
  /** What the page of the app has. */
  var createReferrals: (options: ReferralsOptions) => ReferralsClient;
}

let browser: Browser;
let script: string;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createReferrals } from './web/client/index.ts'; Object.assign(window, { createReferrals });`,
      resolveDir: '.',
    },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  script = outputFiles[0]?.text ?? '';
});
afterAll(() => browser?.close());

/** An app that allows its pages nothing but its own script and the API. */
function startApp(apiUrl: () => string): Server {
  return createServer(({ url }, response) => {
    if (url === '/app.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
      return;
    }
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src 'self'; connect-src ${apiUrl()}`,
    );
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><script type="module" src="/app.js"></script>');
  });
}

// The service is at `localhost`, and a site is a host without its port.
describe.each([
  ['another site than the API', '127.0.0.1', false],
  ['the site of the API', 'localhost', true],
])('the client in a page on %s', (_site, host, cookie) => {
  let app: Server;
  let service: TestService;
  let apiUrl = '';

  beforeAll(async () => {
    app = startApp(() => apiUrl).listen(0);
    await once(app, 'listening');
    const { port } = app.address() as AddressInfo;
    service = await startTestService({ variables: { APP_URL: `http://${host}:${port}` } });
    apiUrl = service.outputs.ApiUrl;
  });
  afterAll(async () => {
    app?.close();
    app?.closeAllConnections();
    await service?.stop();
  });

  /** Opens an address in a browser, and waits for the app's script. */
  async function open(context: BrowserContext, address: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForFunction('window.createReferrals !== undefined');
    return page;
  }

  async function newVisitor() {
    const owner = await signUp(service.outputs);
    const code = await createReferral(service.outputs, owner);
    const context = await browser.newContext({ userAgent: BROWSER });
    onTestFinished(() => context.close());
    return { owner, code, context };
  }

  test('finds the session of a visitor who followed a link, and credits what they do', async () => {
    const { code, context } = await newVisitor();
    const page = await open(context, `${apiUrl}/r/${code}`);
    const found = await page.evaluate(
      async ([apiUrl = '', handoff]) => {
        const { session, cookie } = await createReferrals({ apiUrl }).session(handoff);
        const referrals = createReferrals({ apiUrl, session: cookie ? undefined : session });
        return {
          cookie,
          attribution: await referrals.attribution(),
          action: (await referrals.record('VIEWED_PRICING'))?.action,
          stranger: await createReferrals({ apiUrl }).attribution(),
        };
      },
      [apiUrl, new URL(page.url()).searchParams.get('referral_handoff') ?? undefined],
    );
    const attribution = {
      code,
      target: null,
      redirectTo: expect.stringMatching(/\/welcome$/),
      respondedAt: TIME,
      via: 'link',
    };
    expect(found).toEqual({
      cookie,
      attribution,
      action: 'VIEWED_PRICING',
      // The browser sends the cookie by itself, where it has one.
      stranger: cookie ? attribution : null,
    });
  });

  test('records an arrival by ?ref=, and shows a user their links and responses', async () => {
    const { owner, code, context } = await newVisitor();
    const { port } = app.address() as AddressInfo;
    const page = await open(context, `http://${host}:${port}/?ref=${code}`);
    const arrival = await page.evaluate(
      ([apiUrl = '', code = '']) => createReferrals({ apiUrl }).arrive(code),
      [apiUrl, code],
    );
    expect([arrival.cookie, arrival.referral?.code]).toEqual([cookie, code]);
    const seen = await page.evaluate(
      async ([apiUrl = '', token]) => {
        const referrals = createReferrals({ apiUrl, token: () => token });
        const found: unknown[] = [];
        for await (const { code } of referrals.list({ pageSize: 1 })) found.push(code);
        for await (const { via } of referrals.responses()) found.push(via);
        return found;
      },
      [apiUrl, owner.token],
    );
    expect(seen).toEqual([code, expect.any(String), 'page']);
  });

  test('tells a problem of the API from an API that is not there', async () => {
    const { context } = await newVisitor();
    const { port } = app.address() as AddressInfo;
    const page = await open(context, `http://${host}:${port}/`);
    const codes = await page.evaluate(async (apiUrl) => {
      const code = (call: Promise<unknown>) => call.catch((error) => [error.code, error.field]);
      return [
        await code(createReferrals({ apiUrl }).enterCode('nobody-has-it')),
        // The page's policy forbids this one.
        await code(createReferrals({ apiUrl: 'http://127.0.0.1:9' }).enterCode('x')),
      ];
    }, apiUrl);
    expect(codes).toEqual([
      ['unknown_code', 'code'],
      ['unreachable', undefined],
    ]);
  });
});
