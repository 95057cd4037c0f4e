import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from 'vitest';
import type { Outputs } from '../../local/outputs.ts';
import { buildSnippet } from '../../served-files.ts';
import { BROWSER, call, createReferral, signUp, type User } from '../integration/client.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';
import { type SnippetApp, startSnippetApp } from './snippet-app.ts';

const SESSION = expect.stringMatching(/^[\w-]{32}$/);

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Third-party cookies are blocked everywhere here.
    args: ['--no-sandbox', '--test-third-party-cookie-phaseout'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
});
afterAll(() => browser?.close());

/** Opens an address in a browser of its own, which ends with the test. */
async function openUnwatched(url: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-browser-'));
  const child = spawn(
    process.env.CHROMIUM ?? '/usr/bin/chromium',
    ['--headless', '--no-sandbox', `--user-agent=${BROWSER}`, `--user-data-dir=${directory}`, url],
    { stdio: 'ignore', detached: true },
  );
  onTestFinished(async () => {
    const exited = once(child, 'exit');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  });
}

// The service is at `localhost`, and a site is a host without its port.
describe.each([
  ['another site than the API', '127.0.0.1'],
  ['the site of the API', 'localhost'],
] as const)('the snippet in an app on %s', (_site, host) => {
  const sharesCookies = host === 'localhost';
  let app: SnippetApp;
  let service: TestService;
  let outputs: Outputs;
  let grace: BrowserContext;
  /** Errors that reached a page. */
  let thrown: unknown[] = [];
  /** What pages have in their consoles from us. */
  let said: string[] = [];
  /** Requests for the API, without the script. */
  let sent: string[] = [];

  beforeAll(async () => {
    app = await startSnippetApp();
    service = await startTestService({
      variables: { APP_URL: `http://${host}:${app.port}`, GLOBAL_PRIVACY_CONTROL: 'true' },
    });
    outputs = service.outputs;
    app.connect(outputs.ApiUrl);
  });
  afterAll(async () => {
    app?.stop();
    await service?.stop();
  });
  beforeEach(async () => {
    [thrown, said, sent] = [[], [], []];
    grace = await newBrowser();
  });
  afterEach(() => {
    expect(thrown).toEqual([]);
  });

  async function newBrowser(): Promise<BrowserContext> {
    const context = await browser.newContext({ userAgent: BROWSER });
    onTestFinished(() => context.close());
    context.on('weberror', (error) => thrown.push(error.error()));
    context.on('console', (message) => {
      if (message.text().startsWith('referrals: ')) said.push(message.text());
    });
    context.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin !== outputs.ApiUrl || pathname === '/referrals.js') return;
      if (request.resourceType() === 'fetch') sent.push(`${request.method()} ${pathname}`);
    });
    return context;
  }

  const origin = () => `http://${host}:${app.port}`;

  /** A user with a link. */
  async function newLink(redirectTo = '/welcome') {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner, { redirectTo });
    /** What is recorded, newest first. */
    const responses = async () => {
      const route = `GET /referrals/${code}/responses`;
      return (await call(outputs, route, { token: owner.token })).body.items;
    };
    const recorded = async () =>
      (await responses()).map(({ action, via, kind, userId }: Record<string, string | null>) =>
        [action, via, kind, userId ?? 'nobody'].join(' '),
      );
    return { owner, code, responses, recorded };
  }

  async function open(path: string, context = grace): Promise<Page> {
    const page = await context.newPage();
    await page.goto(new URL(path, origin()).href);
    await isReady(page);
    return page;
  }

  /** Awaits something in a page. Its policy forbids what Playwright's own function does. */
  const until = (page: Page, condition: string) =>
    expect.poll(() => page.evaluate(condition), { timeout: 10_000 }).toBe(true);

  const isReady = (page: Page) => until(page, 'window.referrals !== undefined');

  /** Goes through the page's history. Playwright's own function does not know the back-forward cache. */
  const go = async (page: Page, steps: number, path: string) => {
    await page.evaluate(`setTimeout(() => history.go(${steps}))`);
    await expect.poll(() => page.url()).toBe(`${origin()}${path}`);
  };

  /** Has the page call the snippet. */
  const ask = (page: Page, expression: string) => page.evaluate(`referrals.${expression}`);

  /** What the app's origin keeps in the page's browser. */
  const kept = (page: Page) => page.evaluate('({ ...localStorage, ...sessionStorage })');

  /** What it keeps if this is the visitor's session. */
  const keptFor = (session: unknown) => (sharesCookies ? {} : { referral_session: session });

  describe('takes what the address has', () => {
    test('the redirect: the visitor acts and signs up, and both are credited', async () => {
      const link = await newLink('/welcome?a=1+%C3%A9&b=#part?x=%20');
      const page = await grace.newPage();
      await page.goto(`${outputs.ApiUrl}/r/${link.code}`);
      await isReady(page);
      const session = await ask(page, 'session()');
      expect(session).toEqual(SESSION);
      expect(page.url()).toBe(`${origin()}/welcome?a=1+%C3%A9&b=#part?x=%20`);
      expect(await kept(page)).toEqual(keptFor(session));
      expect(await ask(page, 'attribution()')).toEqual({
        code: link.code,
        target: null,
        redirectTo: `${origin()}/welcome?a=1+%C3%A9&b=#part?x=%20`,
        respondedAt: expect.stringMatching(/Z$/),
        via: 'link',
      });
      expect(await ask(page, "record('READ', { type: 'article', id: '7' })")).toMatchObject({
        code: link.code,
        action: 'READ',
        target: { type: 'article', id: '7' },
      });
      const { userId } = await signUp(outputs, `${session}`);
      expect(await link.recorded()).toEqual([
        `SIGNED_UP link human ${userId}`,
        `READ link human ${userId}`,
        `RESPONDED link human ${userId}`,
      ]);
      expect(said).toEqual([]);
    });

    test('?ref=: the visitor is credited to the code, with campaign and the page before', async () => {
      const link = await newLink();
      const page = await open(app.add({ headers: { 'referrer-policy': 'unsafe-url' } }));
      const from = page.url();
      await page.evaluate(`location.href = '/welcome?utm_source=mail&ref=${link.code}&q=secret'`);
      await page.waitForURL('**/welcome?utm_source=mail&q=secret');
      await isReady(page);
      const session = await ask(page, 'session()');
      expect(session).toEqual(SESSION);
      expect(await kept(page)).toEqual(keptFor(session));
      const [response] = await link.responses();
      expect(response).toMatchObject({
        action: 'RESPONDED',
        via: 'page',
        kind: 'human',
        campaign: { source: 'mail' },
        httpReferer: from,
      });
    });

    test.each([
      ['?ref=CODE', ''],
      ['?ref=CODE#ref=x', '#ref=x'],
      ['?ref=CODE&a', '?a'],
      ['?a=%20+%2B&ref=CODE&b=é&c=$&$1', '?a=%20+%2B&b=%C3%A9&c=$&$1'],
      ['?a&&ref=CODE&#', '?a&&#'],
      ['?ref=CODE).%20&xref=1&ref_=2&Ref=3', '?xref=1&ref_=2&Ref=3'],
      ['?ref=CODE&ref=other', ''],
    ])(
      'of %s only our parameter is taken out, and history and state stay',
      async (before, after) => {
        const link = await newLink();
        const path = app.add({ before: "history.replaceState({ kept: [1] }, '');" });
        const page = await open(`${path}${before.replace('CODE', link.code)}`);
        expect(await ask(page, 'session()')).toEqual(SESSION);
        expect(page.url()).toBe(`${origin()}${path}${after}`);
        expect(await page.evaluate('[history.state, history.length]')).toEqual([{ kept: [1] }, 2]);
        expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
      },
    );

    test.each([
      '?ref=',
      '?ref=%',
      '?ref=a b',
      '?ref=<b>',
      '?ref=é',
      `?ref=${'x'.repeat(65)}`,
      '?x',
    ])('nothing happens with %s', async (query) => {
      const page = await open(`/welcome${query}`);
      expect(page.url()).toBe(new URL(`${origin()}/welcome${query}`).href);
      expect([sent, said, await kept(page)]).toEqual([[], [], {}]);
    });

    test('a code that nobody has changes nothing but the address', async () => {
      const page = await open('/welcome?ref=nobodys');
      expect(await ask(page, 'session()')).toBeNull();
      expect(page.url()).toBe(`${origin()}/welcome`);
      expect(await kept(page)).toEqual({});
      await page.reload();
      await isReady(page);
      expect(await ask(page, 'attribution()')).toBeNull();
      expect(sent.filter((route) => route === 'POST /clicks')).toHaveLength(1);
    });

    test('a session that is there is never replaced', async () => {
      const [link, strangers] = [await newLink(), await newLink()];
      const session = await ask(await open(`/?ref=${link.code}`), 'session()');
      // Where app and API share cookies, no address has a handoff.
      const { headers } = await call(outputs, `GET /r/${strangers.code}`);
      const { search } = new URL(headers.get('location') ?? '');
      const page = await open(`/welcome${search || `?ref=${strangers.code}`}`);
      expect(await ask(page, 'session()')).toBe(session);
      expect(await kept(page)).toEqual(keptFor(session));
    });
  });

  describe('on a page that lives long', () => {
    test('reloading, and going back and forward, is one click of one visitor', async () => {
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      const session = await ask(page, 'session()');
      await page.reload();
      await page.goto(`${origin()}/pricing`);
      await go(page, -1, '/welcome');
      await go(page, 1, '/pricing');
      await isReady(page);
      expect(await ask(page, 'session()')).toBe(session);
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    test('a page that comes back from the back-forward cache goes on', async () => {
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      const session = await ask(page, 'session()');
      await page.evaluate('window.isOld = true');
      await page.goto(`${origin()}/pricing`);
      await go(page, -1, '/welcome');
      await until(page, 'window.isOld === true');
      expect(await ask(page, 'session()')).toBe(session);
      expect(await ask(page, "record('READ')")).toMatchObject({ code: link.code });
      expect(await link.recorded()).toEqual([
        'READ page human nobody',
        'RESPONDED page human nobody',
      ]);
    });

    test('a page that comes back from the back-forward cache tries again what it could not do', async () => {
      const link = await newLink();
      await grace.route('**/clicks', (route) => route.abort());
      const page = await open(`/welcome?ref=${link.code}`);
      expect(await ask(page, 'session()')).toBeNull();
      await page.evaluate('window.isOld = true');
      await page.goto(`${origin()}${app.add({ attributes: null })}`);
      await grace.unrouteAll();
      await go(page, -1, '/welcome');
      await expect.poll(link.recorded).toEqual(['RESPONDED page human nobody']);
      expect(await page.evaluate('window.isOld')).toBe(true);
    });

    test('a navigation within the page is looked at, with pushState and with back', async () => {
      const [first, second] = [await newLink(), await newLink()];
      const page = await open(`/welcome?ref=${first.code}`);
      const session = await ask(page, 'session()');
      await page.evaluate(`history.pushState({ tab: 1 }, '', '/inside?tab=1&ref=${second.code}')`);
      await page.waitForURL('**/inside?tab=1');
      expect(await ask(page, 'session()')).toBe(session);
      expect(await page.evaluate('history.state')).toEqual({ tab: 1 });
      await page.goBack();
      expect(page.url()).toBe(`${origin()}/welcome`);
      expect(await second.recorded()).toEqual(['RESPONDED page human nobody']);
      expect(await first.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    test('without the Navigation API, an address that comes by going back is looked at', async () => {
      const link = await newLink();
      const page = await open(
        app.add({
          before: `
            delete Window.prototype.navigation;
            delete window.navigation;
            history.replaceState(null, '', '?ref=${link.code}');
            history.pushState(null, '', '/inside');`,
        }),
      );
      expect(await page.evaluate("'navigation' in window")).toBe(false);
      expect(await ask(page, 'session()')).toBeNull();
      await page.goBack();
      await until(page, "location.search === ''");
      expect(await ask(page, 'session()')).toEqual(SESSION);
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    test('a script that puts the parameter back each time gets its way, and the click counts once', async () => {
      const link = await newLink();
      const page = await open(
        `${app.add({
          before: `
            const { replaceState } = history;
            const query = location.search;
            history.replaceState = (state, title, url) =>
              replaceState.call(history, state, title, new URL(url, location).pathname + query);`,
        })}?ref=${link.code}`,
      );
      expect(await ask(page, 'session()')).toEqual(SESSION);
      expect(new URL(page.url()).search).toBe(`?ref=${link.code}`);
      await page.evaluate("history.replaceState(null, '', '/elsewhere')");
      expect(await ask(page, 'session()')).toEqual(SESSION);
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    test('a script that breaks history costs nobody the visitor', async () => {
      const link = await newLink();
      const before = "history.replaceState = () => { throw new Error('no'); };";
      const page = await open(`${app.add({ before })}?ref=${link.code}`);
      expect(await ask(page, 'session()')).toEqual(SESSION);
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    // Chromium renders nothing ahead in a page that its developer tools watch, so that here nobody does.
    test.each([
      ['with', ''],
      ['without', 'delete Navigator.prototype.locks;'],
    ])(
      'a page that is rendered ahead, %s locks, sends nothing until somebody sees it',
      async (_locks, before) => {
        const link = await newLink();
        const target = app.add({
          before,
          attributes: 'defer',
          module: `
            import('/rendered' + location.search).catch(async () => {
              await referrals.session();
              const [{ activationStart }] = performance.getEntriesByType('navigation');
              import('/seen' + location.search + '&ahead=' + (activationStart > 0)).catch(() => {});
            });`,
        });
        const url = `${target}?ref=${link.code}&tab=1`;
        const rules = app.addFile(
          'application/speculationrules+json',
          JSON.stringify({ prerender: [{ urls: [url], eagerness: 'immediate' }] }),
        );
        const { promise, resolve } = Promise.withResolvers<string>();
        const start = app.add({
          attributes: null,
          headers: { 'speculation-rules': `"${rules}"` },
          module: `import '${app.addFile('text/javascript', promise)}'; location.href = '${url}';`,
        });
        const known = app.requests.length;
        const paths = () => app.requests.slice(known).map(({ path }) => path);
        await openUnwatched(`${origin()}${start}`);
        await expect.poll(paths, { timeout: 20_000 }).toContain('/rendered?tab=1');
        expect(await link.recorded()).toEqual([]);
        expect(paths()).not.toContain('/seen?tab=1&ahead=true');
        resolve('');
        await expect.poll(paths, { timeout: 20_000 }).toContain('/seen?tab=1&ahead=true');
        expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
      },
    );
  });

  test('two tabs that arrive at once are one visitor', async () => {
    const links = [await newLink(), await newLink()];
    const pages = await Promise.all(links.map(({ code }) => open(`/welcome?ref=${code}`)));
    const sessions = await Promise.all(pages.map((page) => ask(page, 'session()')));
    expect(sessions).toEqual([SESSION, sessions[0]]);
    const { userId } = await signUp(outputs, `${sessions[0]}`);
    const recorded = (await Promise.all(links.map((link) => link.recorded()))).flat();
    expect(recorded.toSorted()).toEqual([
      `RESPONDED page human ${userId}`,
      `RESPONDED page human ${userId}`,
      `SIGNED_UP page human ${userId}`,
    ]);
  });

  describe('consent', () => {
    const pending = () => app.add({ attributes: 'data-consent="pending" defer' });

    test('before it nothing is stored or sent, and after it the visitor is taken', async () => {
      const link = await newLink();
      const path = pending();
      const page = await open(`${path}?ref=${link.code}`);
      expect(page.url()).toBe(`${origin()}${path}`);
      const answers = ['session()', 'attribution()', "record('READ')"];
      expect(await Promise.all(answers.map((answer) => ask(page, answer)))).toEqual([
        null,
        null,
        null,
      ]);
      expect([sent, await kept(page)]).toEqual([[], {}]);
      await ask(page, 'consent(true)');
      const session = await ask(page, 'session()');
      expect(session).toEqual(SESSION);
      expect(await kept(page)).toEqual(keptFor(session));
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    test('refused, it forgets how the visitor came', async () => {
      const link = await newLink();
      const page = await open(`${pending()}?ref=${link.code}`);
      await ask(page, 'consent(false)');
      await ask(page, 'consent(true)');
      expect(await ask(page, 'session()')).toBeNull();
      expect(await link.recorded()).toEqual([]);
    });

    test('withdrawn, it forgets the session and sends nothing more', async () => {
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      expect(await ask(page, 'session()')).toEqual(SESSION);
      await ask(page, 'consent(false)');
      const before = sent.length;
      expect(await kept(page)).toEqual({});
      expect(await ask(page, "record('READ')")).toBeNull();
      expect(sent.slice(before)).toEqual([]);
    });

    test('a browser that asks for privacy keeps nothing, and the click counts', async () => {
      await grace.setExtraHTTPHeaders({ 'sec-gpc': '1' });
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      expect(await ask(page, 'session()')).toBeNull();
      expect([await kept(page), await grace.cookies(outputs.ApiUrl)]).toEqual([{}, []]);
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });
  });

  describe('where something is wrong', () => {
    test.each([
      [
        'throws',
        "Object.defineProperty(window, AREA, { get() { throw new DOMException('no', 'SecurityError'); } });",
      ],
      [
        'is full',
        "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); };",
      ],
    ])('the session lives as long as the page if storage %s', async (_how, script) => {
      const link = await newLink();
      const before = ['localStorage', 'sessionStorage']
        .map((area) => script.replace('AREA', `'${area}'`))
        .join('\n');
      const page = await open(`${app.add({ before })}?ref=${link.code}`);
      const session = await ask(page, 'session()');
      expect(session).toEqual(SESSION);
      expect(await ask(page, "record('READ')")).toMatchObject({ code: link.code });
      expect(await ask(page, 'session()')).toBe(session);
      expect(await link.recorded()).toEqual([
        'READ page human nobody',
        'RESPONDED page human nobody',
      ]);
    });

    test.each([
      ['is down', { abort: true }],
      ['answers 503', { status: 503, json: { code: 'unavailable', detail: 'Try again.' } }],
      ['answers HTML', { status: 200, contentType: 'text/html', body: '<h1>Hello</h1>' }],
      ['answers 200 and null', { status: 200, json: null }],
      ['is throttled', { status: 429, json: { message: 'Too Many Requests' } }],
    ])(
      'a visitor who comes while the service %s is taken by the next page',
      async (_how, answer) => {
        const link = await newLink();
        await grace.route(/\/(clicks|session|actions|attribution)$/, (route) =>
          'abort' in answer
            ? route.abort()
            : route.fulfill({
                ...answer,
                headers: {
                  'access-control-allow-origin': origin(),
                  'access-control-allow-credentials': 'true',
                },
              }),
        );
        const page = await open(`/welcome?ref=${link.code}`);
        expect(await ask(page, 'session()')).toBeNull();
        expect(await ask(page, "record('READ')")).toBeNull();
        expect(page.url()).toBe(`${origin()}/welcome`);
        expect(said).toEqual([...new Set(said)]);
        expect(said.length).toBeGreaterThan(0);
        await grace.unrouteAll();
        await page.goto(`${origin()}/pricing`);
        await isReady(page);
        const session = await ask(page, 'session()');
        expect(session).toEqual(SESSION);
        expect(await kept(page)).toEqual(keptFor(session));
        expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
      },
    );

    test('a service that is slow holds nothing up for longer than five seconds', async () => {
      const link = await newLink();
      const { promise, resolve } = Promise.withResolvers<void>();
      await grace.route('**/clicks', async (route) => {
        await promise;
        await route.abort();
      });
      const page = await open(`/welcome?ref=${link.code}`);
      expect(await ask(page, 'session()')).toBeNull();
      resolve();
      await grace.unrouteAll({ behavior: 'wait' });
      expect(said).toEqual([expect.stringContaining('TimeoutError')]);
      await page.reload();
      await isReady(page);
      expect(await ask(page, 'session()')).toEqual(SESSION);
      expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
    });

    test('a stored session that the service refuses is dropped', async () => {
      const link = await newLink();
      const forged = `localStorage.setItem('referral_session', '${'x'.repeat(32)}');`;
      const page = await open(`${app.add({ before: forged })}?ref=${link.code}`);
      const session = await ask(page, 'session()');
      expect(session).toEqual(SESSION);
      expect(session).not.toBe('x'.repeat(32));
      expect(await kept(page)).toEqual(keptFor(session));
    });

    test('a token function that throws or rejects is said once, and the visitor goes on without', async () => {
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      await page.evaluate("referrals.token = () => { throw new Error('signed out'); }");
      expect(await ask(page, 'attribution()')).toMatchObject({ code: link.code });
      await page.evaluate("referrals.token = async () => { throw new Error('signed out'); }");
      expect(await ask(page, 'attribution()')).toMatchObject({ code: link.code });
      expect(said).toEqual(['referrals: Error: signed out']);
    });

    test('an action that the service refuses is null, and the console says why once', async () => {
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      for (const action of ["''", "''", '1n']) {
        expect(await ask(page, `record(${action})`)).toBeNull();
      }
      expect(said).toEqual([
        expect.stringContaining('/actions: action must'),
        expect.stringContaining('/actions: TypeError'),
      ]);
    });
  });

  test('record sends an action again with the same key, so that it counts once', async () => {
    const link = await newLink();
    const page = await open(`/welcome?ref=${link.code}`);
    await ask(page, 'session()');
    const keys: (string | undefined)[] = [];
    await page.route('**/actions', async (route) => {
      if (route.request().method() === 'OPTIONS') return route.continue();
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      // The service has it, and its answer gets lost.
      await route.fetch();
      return route.abort();
    });
    expect(await ask(page, "record('READ')")).toMatchObject({ code: link.code });
    expect(keys).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), keys[0]]);
    expect(await link.recorded()).toEqual([
      'READ page human nobody',
      'RESPONDED page human nobody',
    ]);
  });

  test('with a token, attribution() makes the visitor the user, and their sign-up is credited', async () => {
    const link = await newLink();
    const page = await open(`/welcome?ref=${link.code}`);
    // They have come before they sign up.
    await ask(page, 'session()');
    const user: User = await signUp(outputs);
    await page.evaluate(`referrals.token = async () => '${user.token}'`);
    expect(await ask(page, 'attribution()')).toMatchObject({ code: link.code });
    expect(await link.recorded()).toEqual([
      `SIGNED_UP page human ${user.userId}`,
      `RESPONDED page human ${user.userId}`,
    ]);
  });

  describe('hidden fields', () => {
    const FORM = `<form method="post" action="/sent">
      <input type="hidden" name="referral" data-referral><input name="mail"><button>Send</button></form>`;

    const sentForm = async (page: Page) => {
      await page.waitForURL('**/sent');
      return Object.fromEntries(new URLSearchParams(await page.innerText('body')));
    };

    test('have the session', async () => {
      const link = await newLink();
      const page = await open(`${app.add({ body: FORM })}?ref=${link.code}`);
      await until(page, "document.querySelector('[data-referral]').value !== ''");
      const session = await ask(page, 'session()');
      await page.click('button');
      expect(await sentForm(page)).toEqual({ referral: session, mail: '' });
    });

    test('of a form that comes later have it as soon as somebody fills it in', async () => {
      const link = await newLink();
      const session = await ask(await open(`/welcome?ref=${link.code}`), 'session()');
      const page = await open('/');
      await addForm(page);
      await page.fill('[name=mail]', 'grace@example.com');
      await until(page, "document.querySelector('[data-referral]').value !== ''");
      await page.click('button');
      expect(await sentForm(page)).toEqual({
        referral: session,
        mail: 'grace@example.com',
      });
    });

    test('of a form that a script makes and submits at once have it', async () => {
      const link = await newLink();
      const page = await open(`/welcome?ref=${link.code}`);
      const session = await ask(page, 'session()');
      await addForm(page);
      await page.evaluate('document.forms[0].submit()');
      expect(await sentForm(page)).toEqual({ referral: session, mail: '' });
    });

    test('stay empty for a visitor whom nobody brought, and before consent', async () => {
      const page = await open(app.add({ body: FORM }));
      await page.click('button');
      expect(await sentForm(page)).toEqual({ referral: '', mail: '' });
      const link = await newLink();
      const attributes = 'data-consent="pending" defer';
      const waiting = await open(`${app.add({ body: FORM, attributes })}?ref=${link.code}`);
      await waiting.click('button');
      expect(await sentForm(waiting)).toEqual({ referral: '', mail: '' });
    });
  });

  /** Adds a form to the page, as a script of the app does. */
  const addForm = (page: Page) =>
    page.evaluate(`{
      const element = (name, properties) => Object.assign(document.createElement(name), properties);
      const form = element('form', { method: 'post', action: '/sent' });
      const field = element('input', { type: 'hidden', name: 'referral' });
      field.dataset.referral = '';
      form.append(field, element('input', { name: 'mail' }), element('button'));
      document.body.append(form);
    }`);

  test('the README’s “In your page”, followed literally, credits a sign-up', async () => {
    const readme = (await readFile('README.md', 'utf8')).replaceAll(
      'https://links.example.com',
      outputs.ApiUrl,
    );
    const [tag = '', script = ''] = ['html', 'js'].map(
      (language) => new RegExp(`^\`\`\`${language} page\n(.*?)^\`\`\``, 'ms').exec(readme)?.[1],
    );
    const module = `
      const [username, confirmationCode] = ['grace', '123456'];
      const confirmSignUp = async (input) => Object.assign(window, { confirmed: { invitation, ...input } });
      ${script}`;
    const link = await newLink();
    const page = await open(`${app.add({ attributes: null, body: tag, module })}?ref=${link.code}`);
    await until(page, 'window.confirmed !== undefined');
    const { invitation, options, ...user } = (await page.evaluate('confirmed')) as {
      invitation: unknown;
      options: { clientMetadata: { referralSession: string } };
    };
    expect(user).toEqual({ username: 'grace', confirmationCode: '123456' });
    expect(invitation).toMatchObject({ code: link.code });
    const { userId } = await signUp(outputs, options.clientMetadata.referralSession);
    expect(await link.recorded()).toEqual([
      `SIGNED_UP page human ${userId}`,
      `VIEWED_PRICING page human ${userId}`,
      `RESPONDED page human ${userId}`,
    ]);
  });

  test(`the browser of these tests ${sharesCookies ? 'sends' : 'blocks'} cookies at the host of the API`, async () => {
    const atApi = `http://localhost:${app.port}`;
    const cookie = 'third=party; SameSite=None; Secure; Path=/';
    await (await grace.newPage()).goto(atApi + app.add({ headers: { 'set-cookie': cookie } }));
    const page = await open(app.add({ headers: { 'content-security-policy': 'default-src *' } }));
    const options = "{ mode: 'no-cors', credentials: 'include' }";
    await page.evaluate(`fetch('${atApi}/probe', ${options}).then(() => true)`);
    const probe = app.requests.findLast(({ path }) => path === '/probe');
    expect(probe?.cookie).toBe(sharesCookies ? 'third=party' : undefined);
  });

  test('as a module it does the same', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'referrals-snippet-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await buildSnippet(directory);
    const snippet = app.addFile(
      'text/javascript',
      await readFile(join(directory, 'snippet.js'), 'utf8'),
    );
    const module = `
      import { startReferrals } from '${snippet}';
      window.referrals = startReferrals({ apiUrl: '${outputs.ApiUrl}', consent: 'pending' });
      referrals.consent(true);`;
    const link = await newLink();
    const page = await open(`${app.add({ attributes: null, module })}?ref=${link.code}`);
    expect(await ask(page, 'session()')).toEqual(SESSION);
    expect(await link.recorded()).toEqual(['RESPONDED page human nobody']);
  });
});
