import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { getChromePath, killAll, launch } from 'chrome-launcher';
import CDP from 'chrome-remote-interface';
import { parseSetCookie } from 'cookie';
import { Refusal, reasonOf } from '../refusal.ts';

/** Milliseconds until a page has to be there, until it has to be loaded, and then until its network has to be quiet. */
const OPENING = 30_000;
const LOADING = 15_000;
const SETTLING = 5_000;
/** Milliseconds between two looks at a condition. */
const INTERVAL = 50;

/** A request of the page, or an attempt at one. A redirect is a request of its own. */
export interface PageRequest {
  readonly id: string;
  /** Whether it is for the page itself. */
  readonly isDocument: boolean;
  readonly method: string;
  readonly url: string;
  status?: number;
  location?: string;
  isFinished?: boolean;
  /** Why it failed: `csp`, `mixed-content`, a network error such as `ERR_CONNECTION_REFUSED`, or one of CORS. */
  failure?: string;
  /** The origin that the answer allows, if that is another one than the page's. */
  allowedOrigin?: string;
}

/** A cookie that an answer sets. */
export interface SetCookie {
  readonly requestId: string;
  readonly name: string;
  readonly value: string;
  readonly domain: string | undefined;
  /** Whether the browser refuses its domain, and why it refuses it at all. */
  readonly refusals: readonly string[];
}

/** A browser with one page. */
export interface Browser {
  /** All that the page did so far. */
  readonly requests: readonly PageRequest[];
  readonly cookies: readonly SetCookie[];
  /** Opens an address, and waits until its network is quiet. Returns why that failed, such as `ERR_TIMED_OUT`. */
  readonly open: (address: string) => Promise<string | undefined>;
  readonly reload: () => Promise<void>;
  /** Runs an expression in the page, and waits for its promise. Undefined if it throws. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** The body of an answer. */
  readonly bodyOf: (request: PageRequest) => Promise<string>;
  /** The values of the cookies that the browser sends to an address. */
  readonly cookiesFor: (address: string) => Promise<readonly string[]>;
  /**
   * Waits until a condition is met, at most so many milliseconds.
   *
   * @throws the reason of the interrupt.
   */
  readonly until: (
    condition: () => boolean | Promise<boolean>,
    milliseconds: number,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Starts the Chrome, Chromium or Edge of this machine, without a window and with an empty profile.
 *
 * @param interrupt closes it.
 * @throws Refusal if there is none, or if it does not start.
 */
export async function openBrowser(interrupt: AbortSignal): Promise<Browser> {
  const chrome = await startChrome(findChrome());
  const exited = once(chrome.process, 'exit');
  const close = async () => {
    chrome.kill();
    await exited;
  };
  try {
    interrupt.addEventListener('abort', close);
    return { ...(await openPage(chrome.port, interrupt)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Takes the browser's only page, and follows what it does. */
async function openPage(port: number, interrupt: AbortSignal): Promise<Omit<Browser, 'close'>> {
  const client = await CDP({ host: '127.0.0.1', port });
  const { Audits, Browser, Emulation, Network, Page, Runtime } = client;

  // The service takes HeadlessChrome for a program, as it should, and gives it no session.
  const userAgent = (await Browser.getVersion()).userAgent.replace('HeadlessChrome', 'Chrome');
  await Emulation.setUserAgentOverride({ userAgent });
  const { frame } = (await Page.getFrameTree()).frameTree;

  const requests: PageRequest[] = [];
  const cookies: SetCookie[] = [];
  const latest = (id: string) => requests.findLast((request) => request.id === id);

  Network.on('requestWillBeSent', (event) => {
    const { requestId: id, frameId, type, request, redirectResponse } = event;
    const redirected = redirectResponse && latest(id);
    if (redirected) {
      redirected.status = redirectResponse.status;
      redirected.location = request.url;
    }
    const { method, url } = request;
    requests.push({ id, isDocument: type === 'Document' && frameId === frame.id, method, url });
  });
  Network.on('responseReceived', ({ requestId, response }) => {
    const request = latest(requestId);
    if (request) request.status = response.status;
  });
  Network.on('responseReceivedExtraInfo', ({ requestId, headers, blockedCookies }) => {
    const name = Object.keys(headers).find((header) => header.toLowerCase() === 'set-cookie');
    for (const line of name ? (headers[name]?.split('\n') ?? []) : []) {
      const cookie = parseSetCookie(line);
      const blocked = blockedCookies.find(({ cookieLine }) => cookieLine === line);
      cookies.push({
        requestId,
        name: cookie.name,
        value: cookie.value ?? '',
        domain: cookie.domain,
        refusals: blocked?.blockedReasons ?? [],
      });
    }
  });
  Network.on('loadingFinished', ({ requestId }) => {
    const request = latest(requestId);
    if (request) request.isFinished = true;
  });
  Network.on('loadingFailed', ({ requestId, errorText, blockedReason, corsErrorStatus }) => {
    const request = latest(requestId);
    if (request === undefined) return;
    request.isFinished = true;
    request.failure = corsErrorStatus?.corsError ?? blockedReason ?? readable(errorText);
    if (corsErrorStatus?.failedParameter) request.allowedOrigin = corsErrorStatus.failedParameter;
  });
  Audits.on('issueAdded', ({ issue }) => {
    const { blockedURL: url = '', isReportOnly } =
      issue.details.contentSecurityPolicyIssueDetails ?? {};
    // The browser tells of no request, for most of what a Content-Security-Policy blocks.
    if (URL.canParse(url) && !isReportOnly) {
      requests.push({
        id: '',
        isDocument: false,
        method: '',
        url,
        failure: 'csp',
        isFinished: true,
      });
    }
  });
  // A page that waits for an answer to its question would never be quiet.
  Page.on('javascriptDialogOpening', () => {
    Page.handleJavaScriptDialog({ accept: true }).catch(() => {});
  });
  await Promise.all([Network.enable({}), Page.enable(), Audits.enable()]);
  await Page.setLifecycleEventsEnabled({ enabled: true });

  /** What the page has become so far: `load`, `networkIdle` and so on. */
  const reached = new Set<string>();
  Page.on('lifecycleEvent', ({ frameId, name }) => {
    if (frameId !== frame.id) return;
    if (name === 'init') reached.clear();
    reached.add(name);
  });

  const until: Browser['until'] = async (condition, milliseconds) => {
    const end = performance.now() + milliseconds;
    while (!(await condition()) && performance.now() < end) {
      await delay(INTERVAL, undefined, { signal: interrupt });
    }
  };

  /** Navigates, and waits until nothing was loaded for half a second. Returns why that failed. */
  async function settled(navigate: () => Promise<{ errorText?: string }>) {
    reached.clear();
    let outcome: { errorText?: string } | undefined;
    const navigated = navigate().then((result) => {
      outcome = result;
    });
    navigated.catch(() => {});
    await until(() => outcome !== undefined, OPENING);
    if (outcome === undefined) {
      await Page.stopLoading();
      return 'ERR_TIMED_OUT';
    }
    if (outcome.errorText) return readable(outcome.errorText);
    await until(() => reached.has('load'), LOADING);
    await until(() => reached.has('networkIdle'), SETTLING);
    return undefined;
  }

  return {
    until,
    requests,
    cookies,
    open: (url) => settled(() => Page.navigate({ url })),
    reload: async () => {
      await settled(async () => {
        await Page.reload({});
        return {};
      });
    },
    evaluate: async (expression) => {
      const parameters = { expression, awaitPromise: true, returnByValue: true };
      // The page may go on to another one meanwhile.
      const evaluated = await Runtime.evaluate(parameters).catch(() => undefined);
      return evaluated?.exceptionDetails ? undefined : evaluated?.result.value;
    },
    bodyOf: async ({ id: requestId }) => (await Network.getResponseBody({ requestId })).body,
    cookiesFor: async (address) => {
      const found = await Network.getCookies({ urls: [address] });
      return found.cookies.map(({ value }) => value);
    },
  };
}

const readable = (errorText: string): string => errorText.replace('net::', '');

function findChrome(): string {
  const given = process.env.CHROME_PATH;
  try {
    if (given) accessSync(given, constants.X_OK);
  } catch {
    throw new Refusal(`CHROME_PATH: there is no program ${given}.`);
  }
  try {
    return given || getChromePath();
  } catch {
    throw new Refusal(
      'CHROME_PATH: there is no Chrome or Chromium on this machine. Install one, such as https://www.google.com/chrome/, or set CHROME_PATH to the program of Chrome, Chromium or Edge.',
    );
  }
}

async function startChrome(chromePath: string) {
  // As root, Chrome on Linux starts only without its sandbox.
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  try {
    return await launch({
      chromePath,
      chromeFlags: ['--headless=new', ...(isRoot ? ['--no-sandbox'] : [])],
      connectionPollInterval: 100,
      maxConnectionRetries: 300,
      handleSIGINT: false,
      logLevel: 'silent',
    });
  } catch (error) {
    killAll();
    throw new Refusal(`CHROME_PATH: ${chromePath} does not start: ${reasonOf(error)}`);
  }
}
