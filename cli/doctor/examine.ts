import { routes } from '../../functions/routes.ts';
import type { Browser, PageRequest } from './browser.ts';
import {
  type Call,
  type Click,
  type Exchange,
  isOpened,
  type Observations,
  originOf,
  type Redirect,
  type Script,
} from './observations.ts';

const SCRIPT = '/referrals.js';
const HANDOFF = 'referral_handoff';
const SESSION = /^[\w-]{32}$/;
/** The campaign of the doctor's click, which tells the link's owner where it comes from. */
const CAMPAIGN = 'referrals-doctor';
const BOT = 'referrals-doctor (bot)';
/** Milliseconds for the page to exchange the handoff. */
const EXCHANGE = 5_000;
/** Milliseconds for an answer of the API. */
const ANSWER = 10_000;

export interface Examination {
  readonly browser: Browser;
  readonly pageUrl: string;
  /** A link of the deployment. Without one, nothing is clicked. */
  readonly link: string | undefined;
  /** As deployed. */
  readonly redirectParameter: string;
  /** Whether to give the consent that the page waits for. */
  readonly consenting: boolean;
}

/** Opens the page, follows the link to it, reloads it, and tells what could be seen. */
export async function examine(examination: Examination): Promise<Observations> {
  const { browser, pageUrl, link, consenting } = examination;
  const failure = await browser.open(pageUrl);
  const status = browser.requests.findLast(({ isDocument }) => isDocument)?.status;
  const page = { status, failure, address: withoutParameters(await addressOf(browser)) };
  const isThere = isOpened(page, pageUrl);

  const script = isThere ? await findScript(browser) : undefined;
  // A script that does not run may come from elsewhere by mistake; one that is blocked does not.
  const isOurs = script?.isRunning === true || script?.failure === 'csp';
  const apiUrl = originOf(isOurs ? script.src : link);
  const arrival = isThere && link !== undefined ? await follow(examination, link) : undefined;
  const calls = callsTo(browser.requests, apiUrl);
  const hasConsented = consenting && script?.isPending === true;
  if (hasConsented) await browser.evaluate('referrals.consent(true)');
  const isWaiting = script?.isPending === true && !hasConsented;
  const click = arrival && (await stay(examination, arrival, { apiUrl, isWaiting }));
  if (click?.isThePage === false) await browser.open(pageUrl);
  const call = isThere && apiUrl !== undefined ? await callFrom(browser, apiUrl) : undefined;
  return { pageUrl, link, page, script, apiUrl, calls, hasConsented, click, call };
}

/** The address of the page; that of a page of the browser's own if there is none. */
async function addressOf({ evaluate }: Browser): Promise<URL> {
  const address = await evaluate('location.href');
  return new URL(typeof address === 'string' ? address : 'about:blank');
}

const withoutParameters = ({ origin, pathname }: URL): string => origin + pathname;

/** Finds the script as an element of the page, or else as a request for it. */
async function findScript({ requests, evaluate }: Browser): Promise<Script | undefined> {
  const element = (await evaluate(`(() => {
    const script = [...document.querySelectorAll('script[src]')].find(
      ({ src }) => URL.canParse(src) && new URL(src).pathname === '${SCRIPT}',
    );
    return script && { src: script.src, isPending: script.dataset.consent === 'pending' };
  })()`)) as Pick<Script, 'src' | 'isPending'> | undefined;
  const request = requests.findLast(({ url }) => new URL(url).pathname === SCRIPT);
  const src = element?.src ?? request?.url;
  if (src === undefined) return undefined;
  const isRunning = (await evaluate("typeof window.referrals?.session === 'function'")) === true;
  return { src, isPending: element?.isPending === true, isRunning, ...outcomeOf(request) };
}

const outcomeOf = ({ status, failure, allowedOrigin }: Partial<PageRequest> = {}): Call => ({
  status,
  failure,
  ...(allowedOrigin && { allowedOrigin }),
});

/** The calls of the API that pages may make without a code in the path. */
const CALLS = new Set<string>(
  routes
    .filter(({ function: name }) => name !== 'files')
    .map(({ method, path }) => `${method} ${path}`),
);

/** The calls of pages that reached the API. */
const callsTo = (requests: readonly PageRequest[], apiUrl: string | undefined): string[] =>
  requests
    .filter(({ failure, url }) => failure !== 'csp' && originOf(url) === apiUrl)
    .map(({ method, url }) => `${method} ${new URL(url).pathname}`)
    .filter((call) => CALLS.has(call));

interface Arrival extends Redirect {
  /** The service's answer. */
  readonly answer: PageRequest | undefined;
  /** Number of the requests before this visit. */
  readonly before: number;
}

/** Opens a link, with the page as its destination. */
async function follow(
  { browser, pageUrl, redirectParameter }: Examination,
  link: string,
): Promise<Arrival> {
  const page = new URL(pageUrl);
  // A parameter that the destination has itself would win.
  page.searchParams.delete('utm_source');
  const address = new URL(link);
  address.searchParams.set(redirectParameter, page.href);
  address.searchParams.set('utm_source', CAMPAIGN);

  const before = browser.requests.length;
  const failure = await browser.open(address.href);
  const hops = browser.requests.slice(before).filter(({ isDocument }) => isDocument);
  // Something in front may redirect too, such as from http to https.
  const answer = hops.findLast(({ url }) => new URL(url).pathname.startsWith('/r/'));
  const destination = answer?.location === undefined ? undefined : new URL(answer.location);
  const last = new URL(hops.at(-1)?.url ?? address);
  const hasHandoff = destination?.searchParams.has(HANDOFF) === true;
  return {
    answer,
    before,
    failure,
    status: answer?.status,
    destination: destination && withoutParameters(destination),
    isThePage:
      destination !== undefined && withoutParameters(destination) === withoutParameters(page),
    hasCampaign: destination?.searchParams.get('utm_source') === CAMPAIGN,
    hasParameter: destination?.searchParams.has(redirectParameter) === true,
    hasHandoff,
    lostAt: hasHandoff && !last.searchParams.has(HANDOFF) ? withoutParameters(last) : undefined,
  };
}

/** Looks at what the page makes of the visitor's session, and whether it keeps it over a reload. */
async function stay(
  { browser, pageUrl }: Examination,
  { answer, before, ...redirect }: Arrival,
  { apiUrl, isWaiting }: { apiUrl: string | undefined; isWaiting: boolean },
): Promise<Click> {
  const { isThePage, hasHandoff, lostAt } = redirect;
  const set = browser.cookies.findLast(
    ({ requestId, value }) => requestId === answer?.id && SESSION.test(value),
  );
  const receives = async (session: string) =>
    (await browser.cookiesFor(pageUrl)).some((value) => value.includes(session));
  const cookie = set && {
    name: set.name,
    domain: set.domain,
    refusals: set.refusals,
    reachesPage: await receives(set.value),
  };
  const arrived = isThePage && hasHandoff && lostAt === undefined;
  const taken = arrived && !isWaiting ? await exchangeIn(browser, before, apiUrl) : undefined;
  const session = taken?.session ?? set?.value;

  const keptIn = async (kept: string) => {
    if (await receives(kept)) return 'cookie';
    const isStored = `Object.values(localStorage).some((value) => value.includes('${kept}'))`;
    return (await browser.evaluate(isStored)) === true ? 'storage' : 'nowhere';
  };
  const keptOverReload = async (kept: string) => {
    const isKept = async () => (await keptIn(kept)) !== 'nowhere';
    if (taken?.session) await browser.until(isKept, EXCHANGE);
    await browser.reload();
    return keptIn(kept);
  };
  return {
    ...redirect,
    cookie,
    exchange: taken?.exchange,
    kept: session && isThePage && !isWaiting ? await keptOverReload(session) : undefined,
    dropped: session && answer ? await droppedBy(answer.url, session, set?.name) : undefined,
  };
}

/** Waits until the page has exchanged its handoff, and has taken it out of its address. */
async function exchangeIn(
  browser: Browser,
  before: number,
  apiUrl: string | undefined,
): Promise<{ exchange: Exchange; session: string | undefined }> {
  const find = () => sessionRequest(browser, before, apiUrl);
  const isTakenOut = async () => !(await addressOf(browser)).searchParams.has(HANDOFF);
  await browser.until(async () => find()?.isFinished === true && (await isTakenOut()), EXCHANGE);
  const request = find();
  return {
    exchange: { ...outcomeOf(request), isTakenOut: await isTakenOut() },
    session: isAnswered(request) ? sessionIn(await browser.bodyOf(request)) : undefined,
  };
}

/** The last `POST /session` of the page, without its preflight. */
const sessionRequest = (
  { requests }: Browser,
  before: number,
  apiUrl: string | undefined,
): PageRequest | undefined =>
  requests
    .slice(before)
    .findLast(({ method, url }) => method !== 'OPTIONS' && url === `${apiUrl}/session`);

const isAnswered = (request: PageRequest | undefined): request is PageRequest =>
  request?.status === 200 && request.isFinished === true && request.failure === undefined;

/** Calls the API from the page as the script does. It records nothing. */
async function callFrom(browser: Browser, apiUrl: string): Promise<Call> {
  const before = browser.requests.length;
  const init = {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  };
  // The API may never answer, so nothing waits for it here.
  const ask = `fetch('${apiUrl}/session', ${JSON.stringify(init)})`;
  await browser.evaluate(`void ${ask}.then((answer) => answer.text()).catch(() => {})`);
  const find = () => sessionRequest(browser, before, apiUrl);
  await browser.until(() => find()?.isFinished === true, ANSWER);
  return outcomeOf(find());
}

/**
 * Finds out what does not reach the service, because a CDN in front drops it. The service answers the session
 * that it receives, refuses a token that it receives, and gives no session to a bot.
 */
async function droppedBy(
  link: string,
  session: string,
  cookieName: string | undefined,
): Promise<string[] | undefined> {
  const { origin, pathname } = new URL(link);
  const ask = (path: string, init: RequestInit) =>
    fetch(origin + path, { ...init, redirect: 'manual', signal: AbortSignal.timeout(ANSWER) });
  const isKnownBy = async (header: string, value: string) => {
    const headers = { 'content-type': 'application/json', [header]: value };
    const answer = await ask('/session', { method: 'POST', body: '{}', headers });
    return sessionIn(await answer.text()) === session;
  };
  const isDropped = {
    ...(cookieName !== undefined && {
      'User-Agent': async () => {
        const { headers } = await ask(pathname, { headers: { 'user-agent': BOT } });
        return headers.getSetCookie().some((cookie) => cookie.startsWith(`${cookieName}=`));
      },
      Cookie: async () => !(await isKnownBy('cookie', `${cookieName}=${session}`)),
    }),
    'X-Referral-Session': async () => !(await isKnownBy('x-referral-session', session)),
    Authorization: async () =>
      (await ask('/attribution', { headers: { authorization: 'Bearer none' } })).status === 200,
  };
  try {
    const headers = Object.entries(isDropped);
    const found = await Promise.all(headers.map(async ([name, check]) => (await check()) && name));
    return found.filter((name) => name !== false);
  } catch {
    return undefined;
  }
}

/** The session in an answer of `POST /session`. */
function sessionIn(body: string): string | undefined {
  try {
    return JSON.parse(body).session ?? undefined;
  } catch {
    return undefined;
  }
}
