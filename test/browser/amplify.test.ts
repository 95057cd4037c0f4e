import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BROWSER, call, createReferral, PASSWORD, signUp } from '../integration/client.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';

let browser: Browser;
let script: string;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const { outputFiles } = await build({
    entryPoints: ['test/browser/amplify-page.ts'],
    bundle: true,
    write: false,
    format: 'esm',
  });
  script = outputFiles[0]?.text ?? '';
});
afterAll(() => browser?.close());

// The service is at `localhost`, and a site is a host without its port.
describe.each([
  ['another site than the API', '127.0.0.1'],
  ['the site of the API', 'localhost'],
] as const)('an app with aws-amplify on %s', (_site, host) => {
  let app: Server;
  let service: TestService;
  let policy = '';

  beforeAll(async () => {
    app = createServer(({ url }, response) => {
      const isScript = url === '/app.js';
      response
        .writeHead(200, {
          'content-type': isScript ? 'text/javascript' : 'text/html',
          'content-security-policy': policy,
        })
        .end(
          isScript
            ? script
            : `<!doctype html><title>An app</title><script src="${service.outputs.ApiUrl}/referrals.js" defer></script><script type="module" src="/app.js"></script>`,
        );
    });
    app.listen(0);
    await once(app, 'listening');
    const { port } = app.address() as AddressInfo;
    service = await startTestService({ variables: { APP_URL: `http://${host}:${port}` } });
    const { ApiUrl, CognitoEndpoint } = service.outputs;
    policy = `default-src 'none'; script-src 'self' ${ApiUrl}; connect-src ${ApiUrl} ${CognitoEndpoint}`;
  });
  afterAll(async () => {
    app?.close();
    app?.closeAllConnections();
    await service?.stop();
  });

  test('signs a visitor up through the snippet and the client, and the sign-up is credited at once', async () => {
    const { outputs } = service;
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const context = await browser.newContext({ userAgent: BROWSER });
    const page = await context.newPage();
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(`${outputs.ApiUrl}/r/${code}`);
    await page.waitForFunction('window.register !== undefined');
    const places = {
      apiUrl: outputs.ApiUrl,
      userPoolId: outputs.UserPoolId,
      userPoolClientId: outputs.UserPoolClientId,
      userPoolEndpoint: outputs.CognitoEndpoint,
    };
    const parameters = [places, `${randomUUID()}@example.com`, PASSWORD];
    const { userId, link } = await page.evaluate<{ userId: string; link: string }>(
      `register(...${JSON.stringify(parameters)})`,
    );
    expect(link).toMatch(new RegExp(`^${outputs.ApiUrl}/r/`));
    const { body } = await call(outputs, `GET /referrals/${code}/responses`, owner);
    expect(
      body.items.map(({ action, userId: of, trusted }: Record<string, unknown>) => [
        action,
        of,
        trusted,
      ]),
    ).toEqual([
      ['SIGNED_UP', userId, true],
      ['RESPONDED', userId, true],
    ]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
