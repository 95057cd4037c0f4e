import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outputs } from '../../local/outputs.ts';
import { BROWSER, call, createReferral, signUp, type User } from '../integration/client.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';
import { type App, startApp } from './app.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
afterAll(() => browser?.close());

// The service is at `localhost`, and a site is a host without its port.
describe.each([
  ['another site than the API', '127.0.0.1'],
  ['the site of the API', 'localhost'],
] as const)('an app on %s', (_site, host) => {
  const sharesCookies = host === 'localhost';
  let app: App;
  let service: TestService;
  let outputs: Outputs;

  beforeAll(async () => {
    app = await startApp();
    service = await startTestService({ variables: { APP_URL: `http://${host}:${app.port}` } });
    outputs = service.outputs;
    app.connect(outputs.ApiUrl);
  });
  afterAll(async () => {
    app?.stop();
    await service?.stop();
  });

  const newBrowser = (): Promise<BrowserContext> => browser.newContext({ userAgent: BROWSER });

  /** A user with a link. */
  const referrer = async () => {
    const owner = await signUp(outputs);
    return { owner, code: await createReferral(outputs, owner) };
  };

  /** Opens an address and waits until the app's page has done what it does. */
  async function open(context: BrowserContext, address: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(address);
    await isReady(page);
    return page;
  }
  const isReady = (page: Page) => page.waitForFunction('window.send !== undefined');

  const follow = (context: BrowserContext, code: string) =>
    open(context, `${outputs.ApiUrl}/r/${code}`);

  /** Has the page call the API. */
  const send = (page: Page, route: string, { token }: User) =>
    page.evaluate(`send(${JSON.stringify(route)}, ${JSON.stringify(token)})`);

  /** A user signs up without telling the session, and the app calls the API for them. */
  async function signUpIn(page: Page): Promise<User> {
    const user = await signUp(outputs);
    expect(await send(page, 'GET /me/referral', user)).toMatchObject({ status: 200 });
    return user;
  }

  /** What is recorded on a link, newest first. */
  async function recorded({ owner, code }: { owner: User; code: string }) {
    const route = `GET /referrals/${code}/responses`;
    const { body } = await call(outputs, route, { token: owner.token });
    return body.items.map((item: { action: string; kind: string; userId: string | null }) =>
      [item.action, item.kind, item.userId].join(' '),
    );
  }
  const signedUp = ({ userId }: User) => `SIGNED_UP human ${userId}`;
  const clicked = (user?: User) => `RESPONDED human ${user?.userId ?? ''}`;

  test('a sign-up without clientMetadata is credited at the first call', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    const user = await signUpIn(await follow(grace, link.code));
    expect(await recorded(link)).toEqual([signedUp(user), clicked(user)]);
    await grace.close();
  });

  test('a visitor who reloads, and goes back and forward, is one visitor', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    const page = await follow(grace, link.code);
    await page.reload();
    await isReady(page);
    await page.goto(`http://${host}:${app.port}/pricing`);
    await page.goBack();
    await isReady(page);
    await page.goForward();
    await isReady(page);
    const user = await signUpIn(page);
    expect(await recorded(link)).toEqual([signedUp(user), clicked(user)]);
    await grace.close();
  });

  test('a visitor who follows a link twice is one visitor with two clicks', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    await follow(grace, link.code);
    const user = await signUpIn(await follow(grace, link.code));
    const { body } = await call(outputs, `GET /referrals/${link.code}`, link.owner);
    expect([body.clicks, body.uniqueVisitors]).toEqual([2, 1]);
    expect(await recorded(link)).toEqual([signedUp(user), clicked(user), clicked(user)]);
    await grace.close();
  });

  test('the address of a landing page has no session', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    const page = await follow(grace, link.code);
    const cookies = await grace.cookies(outputs.ApiUrl);
    const session = cookies.find(({ name }) => name === 'referral_session')?.value;
    expect(session).toMatch(/^[\w-]{32}$/);
    expect(page.url()).not.toContain(session);
    expect(new URL(page.url()).searchParams.has('referral_handoff')).toBe(!sharesCookies);
    await grace.close();
  });

  test('a visitor who opens an address from a stranger stays credited to the first link', async () => {
    const [link, strangers] = [await referrer(), await referrer()];
    const [grace, mallory] = [await newBrowser(), await newBrowser()];
    await follow(grace, link.code);
    const trap = (await follow(mallory, strangers.code)).url();
    const user = await signUpIn(await open(grace, trap));
    expect(await recorded(link)).toEqual([signedUp(user), clicked(user)]);
    expect(await recorded(strangers)).toEqual([clicked()]);
    await Promise.all([grace.close(), mallory.close()]);
  });

  test('a second account in the browser of the owner credits nobody', async () => {
    const link = await referrer();
    const ada = await newBrowser();
    const page = await open(ada, `http://${host}:${app.port}/`);
    // The owner's own browser is known to be theirs from their first call with a session.
    const other = await referrer();
    await send(await follow(ada, other.code), 'POST /session/link', link.owner);
    await page.close();
    const second = await signUpIn(await follow(ada, link.code));
    expect(await recorded(link)).toEqual(['RESPONDED own ']);
    expect(second.userId).not.toBe(link.owner.userId);
    await ada.close();
  });

  test('a link that a page loads as an image, a script or data is not counted', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    const page = await open(grace, `http://${host}:${app.port}/`);
    await page.evaluate(`loadAsParts(${JSON.stringify(`${outputs.ApiUrl}/r/${link.code}`)})`);
    expect(await recorded(link)).toEqual(Array(3).fill('RESPONDED bot '));
    expect(await grace.cookies(outputs.ApiUrl)).toEqual([]);
    await grace.close();
  });

  // Where app and API share cookies, no page sees a session or a handoff.
  if (sharesCookies) return;

  test('a sign-up with clientMetadata is credited at once', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    const page = await follow(grace, link.code);
    const session = await page.evaluate(() => localStorage.getItem('session'));
    const user = await signUp(outputs, session ?? '');
    expect(await recorded(link)).toEqual([signedUp(user), clicked(user)]);
    await grace.close();
  });

  test('a visitor who passes the address on brings another visitor, and both sign-ups are credited', async () => {
    const link = await referrer();
    const [grace, edsger] = [await newBrowser(), await newBrowser()];
    const landing = await follow(grace, link.code);
    const passedOn = await open(edsger, landing.url());
    const second = await signUpIn(passedOn);
    const first = await signUpIn(landing);
    expect(await recorded(link)).toEqual([
      signedUp(first),
      signedUp(second),
      clicked(second),
      clicked(first),
    ]);
    await Promise.all([grace.close(), edsger.close()]);
  });

  test('a signed-in visitor who opens an address from a stranger is credited for it once, and not for the stranger’s later clicks', async () => {
    const [link, strangers] = [await referrer(), await referrer()];
    const [grace, mallory] = [await newBrowser(), await newBrowser()];
    const user = await signUpIn(await follow(grace, link.code));
    await grace.clearCookies();
    const home = await open(grace, `http://${host}:${app.port}/`);
    await home.evaluate(() => localStorage.clear());
    // Mallory's own page does not take the session, so Grace's does.
    const trap = (await call(outputs, `GET /r/${strangers.code}`)).headers;
    const page = await open(grace, trap.get('location') ?? '');
    await send(page, 'GET /me/referral', user);
    expect(await recorded(strangers)).toEqual([clicked(user)]);
    const more = await referrer();
    const cookie = trap.get('set-cookie')?.split(';')[0] ?? '';
    await call(outputs, `GET /r/${more.code}`, { headers: { cookie } });
    await send(page, 'GET /me/referral', user);
    expect(await recorded(more)).toEqual([clicked()]);
    expect((await send(page, 'GET /attribution', user)) as object).toMatchObject({
      body: { referral: { code: strangers.code } },
    });
    await Promise.all([grace.close(), mallory.close()]);
  });

  test('a handoff that the page removes from its address never travels on as a Referer', async () => {
    const link = await referrer();
    const grace = await newBrowser();
    const home = await open(grace, `http://${host}:${app.port}/`);
    await home.evaluate(() => localStorage.setItem('tidy', 'yes'));
    const page = await follow(grace, link.code);
    const before = app.referers.length;
    await page.evaluate(`loadAsParts(${JSON.stringify(`http://localhost:${app.port}/elsewhere`)})`);
    const seen = app.referers.slice(before);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.filter((referer) => referer.includes('referral_handoff'))).toEqual([]);
    await grace.close();
  });

  test('an owner who opens the address of a visitor takes nothing from the visitor', async () => {
    const link = await referrer();
    const [grace, ada] = [await newBrowser(), await newBrowser()];
    const landing = await follow(grace, link.code);
    const page = await open(ada, `http://${host}:${app.port}/`);
    await page.evaluate((token) => localStorage.setItem('token', token), link.owner.token);
    await send(await open(ada, landing.url()), 'GET /me/referral', link.owner);
    const user = await signUpIn(landing);
    expect(await recorded(link)).toEqual([signedUp(user), clicked(user)]);
    await Promise.all([grace.close(), ada.close()]);
  });
});
