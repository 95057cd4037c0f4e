import { type Call, isOpened, type Observations, originOf } from './observations.ts';

/** What was checked, in the order of a report. */
export const checks = [
  'page',
  'script',
  'consent',
  'calls',
  'link',
  'session',
  'handoff',
  'reload',
  'headers',
] as const;

/** One line of a report. */
export interface Finding {
  readonly check: (typeof checks)[number];
  readonly status: 'ok' | 'problem' | 'skipped';
  /** A sentence about what the doctor saw, or why it skipped the check. */
  readonly saw: string;
  /** How to put it right; null unless it is a problem. */
  readonly fix: string | null;
}

type Result = Omit<Finding, 'check'>;

const ok = (saw: string): Result => ({ status: 'ok', saw, fix: null });
const problem = (saw: string, fix: string): Result => ({ status: 'problem', saw, fix });
const skipped = (saw: string): Result => ({ status: 'skipped', saw, fix: null });

/**
 * Judges what the browser and the API showed.
 *
 * @returns a finding for each check, in the order of `checks`.
 */
export function findingsOf(observations: Observations): Finding[] {
  return checks.map((check) => ({ check, ...judges[check](observations) }));
}

const judges: Record<Finding['check'], (observations: Observations) => Result> = {
  page: judgePage,
  script: judgeScript,
  consent: judgeConsent,
  calls: judgeCalls,
  link: judgeLink,
  session: judgeSession,
  handoff: judgeHandoff,
  reload: judgeReload,
  headers: judgeHeaders,
};

const NO_PAGE = skipped('The page did not open.');
const isThere = ({ page, pageUrl }: Observations) => isOpened(page, pageUrl);

function judgePage(observations: Observations): Result {
  const { pageUrl, page } = observations;
  const { status = 0, failure, address } = page;
  if (failure?.startsWith('ERR_CERT')) {
    return problem(
      `The browser refuses the certificate of the page (${failure}).`,
      'Give the app a certificate for this host that browsers trust.',
    );
  }
  if (failure !== undefined) {
    return problem(
      `The page can't be reached (${failure}).`,
      'Check its address, and that the app runs.',
    );
  }
  if (status >= 400) {
    return problem(
      `The page answers ${status}.`,
      'Give a page that everybody may open, as links should lead to one.',
    );
  }
  const { protocol, hostname, pathname, origin } = new URL(pageUrl);
  if (!isThere(observations) || (SIGN_IN.test(address) && !SIGN_IN.test(pathname))) {
    return problem(
      `The page leads on to ${address}.`,
      'If that is the page, give its address. Otherwise give one that everybody may open without signing in, as links should lead to one.',
    );
  }
  if (protocol === 'http:' && !isLocal(hostname)) {
    return problem(
      'The page is on http, where browsers keep no cookie of the service.',
      'Serve the app by https: appUrl of a deployment is an https origin.',
    );
  }
  return address === origin + pathname
    ? ok(`The page opens (${status}).`)
    : ok(`The page opens (${status}), and leads on to ${address}.`);
}

const SIGN_IN = /\b(log|sign)[-_]?in\b/i;

/** Hosts that browsers trust without https, see https://w3c.github.io/webappsec-secure-contexts/#localhost */
const isLocal = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

const SRC =
  'Its src must begin with the ApiUrl of your deployment, or with the domain of its links.';

function judgeScript(observations: Observations): Result {
  const { script, apiUrl, calls, click } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (script === undefined) {
    if (calls.length > 0) return ok('The page has no script tag, but calls the API itself.');
    // Only a handoff makes the page call the API.
    return click?.exchange === undefined
      ? skipped(
          'The page has no script tag. Whether its own code has the snippet does not show here.',
        )
      : problem(
          'The page does not load the script.',
          `Add <script src="${apiUrl}/referrals.js" defer></script> to the page, or start the snippet in its own code.`,
        );
  }
  const { src, status, failure, isRunning } = script;
  const { origin } = new URL(src);
  if (failure === 'csp') {
    return problem(
      `The page's Content-Security-Policy blocks the script ${src}.`,
      `Add ${origin} to script-src.`,
    );
  }
  if (failure === 'mixed-content') {
    return problem(
      `The page is on https and asks for the script by http (${src}), so the browser blocks it.`,
      'Write https:// in its src.',
    );
  }
  if (failure !== undefined) {
    return problem(`The script ${src} can't be loaded (${failure}).`, SRC);
  }
  if (status === undefined) {
    return problem(
      `The page has the script ${src}, but the browser does not load it.`,
      'Check its type: a consent tool may have changed it. data-consent="pending" makes the script wait by itself.',
    );
  }
  if (status >= 400) {
    return problem(`The script ${src} answers ${status}.`, SRC);
  }
  if (!isRunning) {
    return problem(
      `The page loads ${src}, but that is not the script: there is no window.referrals.`,
      SRC,
    );
  }
  return ok(`The page loads the script ${src}.`);
}

function judgeConsent(observations: Observations): Result {
  const { script, calls, hasConsented } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (script === undefined) return skipped('The page has no script tag.');
  if (!script.isPending) return ok('The script does not wait for consent.');
  if (calls.length > 0) {
    return problem(
      `The script waits for consent, but the page calls the API before it: ${[...new Set(calls)].join(', ')}.`,
      'Let the page call nothing before consent, and referrals.consent(true) after it.',
    );
  }
  return hasConsented
    ? ok('The script waits for consent, and sent nothing before it. The doctor gave consent.')
    : ok('The script waits for consent, and sent nothing. Give consent with --consent.');
}

function judgeCalls(observations: Observations): Result {
  const { call, apiUrl } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (call === undefined)
    return skipped('Without the script and without --link, there is no API to call.');
  return judgeCall(observations, call) ?? ok(`The page may call the API ${apiUrl}.`);
}

/** The problem of a call from the page to the API; undefined if it has none. */
function judgeCall({ apiUrl, pageUrl, click }: Observations, call: Call): Result | undefined {
  const { status, failure, allowedOrigin } = call;
  const { origin } = new URL(pageUrl);
  if (failure === 'csp') {
    return problem(
      `The page's Content-Security-Policy blocks calls to the API ${apiUrl}.`,
      `Add ${apiUrl} to connect-src.`,
    );
  }
  if (failure === 'mixed-content') {
    return problem(
      `The page is on https and calls the API by http (${apiUrl}), so the browser blocks it.`,
      'Write https:// in the src of the script.',
    );
  }
  if (failure?.includes('AllowOrigin')) {
    const allowed = allowedOrigin
      ? `${allowedOrigin}, and not to ${origin}`
      : `another origin than ${origin}`;
    return click?.isThePage && click.hasHandoff
      ? problem(
          `The API ${apiUrl} answers without CORS headers for ${origin}.`,
          'Let a CDN in front of it pass on Origin, Access-Control-Request-Method and Access-Control-Request-Headers.',
        )
      : problem(
          `The API ${apiUrl} gives access to ${allowed} (CORS).`,
          `Deploy it with appUrl ${origin}, or open the page at its appUrl.`,
        );
  }
  if (failure !== undefined) {
    return problem(
      `The page can't call the API ${apiUrl} (${failure}).`,
      'Check that it is the address of your deployment, and how a CDN in front of it is set up.',
    );
  }
  if (status !== 200) {
    return problem(
      status === undefined
        ? `The API ${apiUrl} does not answer in time.`
        : `The API ${apiUrl} answers ${status} to POST /session.`,
      'Check that it is the address of your deployment, and how a CDN in front of it is set up.',
    );
  }
  return undefined;
}

function judgeLink(observations: Observations): Result {
  const { click, pageUrl } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (click === undefined) return skipped('Give a link of the deployment with --link.');
  const { status, failure, destination, isThePage, hasCampaign, hasParameter } = click;
  const { origin } = new URL(pageUrl);
  if (status === undefined) {
    return problem(
      failure === undefined
        ? 'This is no link of a deployment, which has /r/ in its address.'
        : `The link can't be reached (${failure}).`,
      'Give a link as the API answers it in url, such as https://links.example.com/r/H7lMCTKv9X.',
    );
  }
  if (status === 404) return problem('There is no such link (404).', 'Give a link that exists.');
  if (destination === undefined) {
    return problem(
      `The link answers ${status} and leads nowhere.`,
      'Check that it is a link of your deployment, and how a CDN in front of it is set up.',
    );
  }
  if (isThePage && hasCampaign) return ok(`The link leads to the page (${status}).`);
  if (!hasCampaign && !hasParameter) {
    return problem(
      `The link leads to ${destination}, and its query is lost: the destination and campaign in it do not reach the service.`,
      'Let a CDN in front of the service pass on the query.',
    );
  }
  if (hasParameter) {
    return problem(
      `The link leads to ${destination}: the deployment has another redirectParameter.`,
      'Give its name with --redirect-parameter.',
    );
  }
  return problem(
    `The link leads to ${destination}: the deployment lets none lead to ${origin}, or the link has expired or was stopped.`,
    `Deploy with appUrl ${origin}, or give a link that is live.`,
  );
}

function judgeSession(observations: Observations): Result {
  const { click, pageUrl, link } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (click?.destination === undefined) return skipped('No link was followed.');
  const { cookie, hasHandoff, isThePage } = click;
  const { hostname } = new URL(pageUrl);
  if (cookie === undefined && !hasHandoff) {
    return problem(
      'The link gives the visitor no session: the service takes the browser for a program, or the link has expired or was stopped.',
      'Let a CDN in front of the service pass on User-Agent and Sec-Fetch-Dest, and Set-Cookie back; or give a link that is live.',
    );
  }
  if (cookie === undefined) {
    return problem(
      'The link gives a handoff but sets no cookie, so a visitor who comes back is a new one.',
      'Let a CDN in front of the service pass on Set-Cookie.',
    );
  }
  if (cookie.refusals.length > 0) {
    return problem(
      `The browser refuses the cookie ${cookie.name}${cookie.domain ? ` for ${cookie.domain}` : ''} (${cookie.refusals.join(', ')}).`,
      `session.domain of the deployment must be a domain of the links' host ${new URL(link ?? '').hostname}, which must be on https.`,
    );
  }
  if (cookie.reachesPage) {
    return ok(
      `The browser has the session in the cookie ${cookie.name}, which ${hostname} receives, too.`,
    );
  }
  if (hasHandoff) {
    return ok(
      `The browser has the session in the cookie ${cookie.name}, which ${hostname} does not receive; the page gets a handoff in its place.`,
    );
  }
  if (!isThePage) return skipped('The link does not lead to the page.');
  return problem(
    `The browser has the session in the cookie ${cookie.name}${cookie.domain ? ` of ${cookie.domain}` : ''}, which ${hostname} does not receive, and the page gets no handoff.`,
    `Deploy with appUrl ${new URL(pageUrl).origin} and without session.handOff: false; or with a session.domain that ${hostname} shares.`,
  );
}

function judgeHandoff(observations: Observations): Result {
  const { click, script, link } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (click?.destination === undefined) return skipped('No link was followed.');
  if (!click.isThePage) return skipped('The link does not lead to the page.');
  if (!click.hasHandoff) {
    return skipped(
      click.cookie?.reachesPage
        ? 'The page receives the cookie and needs none.'
        : 'The link gives no handoff.',
    );
  }
  if (click.lostAt !== undefined) {
    return problem(
      `The app leads on to ${click.lostAt} and loses referral_handoff.`,
      'Let the redirects of the app keep the query.',
    );
  }
  if (click.exchange === undefined) return skipped('The script waits for consent.');
  const { isTakenOut, ...call } = click.exchange;
  if (call.status === undefined && call.failure === undefined) {
    return judgeScript(observations).status === 'problem'
      ? skipped('The script does not run.')
      : problem(
          'The page does not exchange the handoff (POST /session).',
          'Look at the console of the page.',
        );
  }
  if (call.status === 400) {
    const scripts = originOf(script?.src);
    const links = originOf(link);
    return problem(
      'The API refuses the handoff (400).',
      scripts !== undefined && scripts !== links
        ? `The script is of ${scripts} and the link of ${links}: let both be of the same deployment.`
        : 'Let nothing on the way change referral_handoff.',
    );
  }
  if (judgeCalls(observations).status === 'problem') return skipped("The page can't call the API.");
  const refused = judgeCall(observations, call);
  if (refused !== undefined) return refused;
  return isTakenOut
    ? ok('The page exchanges the handoff and takes it out of its address.')
    : problem(
        'The page exchanges the handoff but leaves it in its address, which visitors pass on.',
        'Take referral_handoff out with history.replaceState, as the script does; check that nothing puts it back.',
      );
}

function judgeReload(observations: Observations): Result {
  const { click } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (click?.destination === undefined) return skipped('No link was followed.');
  if (!click.isThePage) return skipped('The link does not lead to the page.');
  const { kept, exchange, cookie, hasHandoff } = click;
  if (kept === undefined) {
    return skipped(cookie || hasHandoff ? 'The script waits for consent.' : 'There is no session.');
  }
  if (kept === 'nowhere') {
    return exchange?.status === 200 || cookie?.reachesPage
      ? problem(
          'After a reload the session is gone: the page has it neither in the cookie nor in localStorage.',
          'Check that nothing in the page clears localStorage.',
        )
      : skipped('The page has no session.');
  }
  return ok(
    `After a reload the session is still there, in ${kept === 'cookie' ? 'the cookie' : 'localStorage'}.`,
  );
}

function judgeHeaders(observations: Observations): Result {
  const { click } = observations;
  if (!isThere(observations)) return NO_PAGE;
  if (click?.destination === undefined) return skipped('No link was followed.');
  if (click.dropped === undefined) {
    return skipped(
      click.cookie || click.hasHandoff
        ? 'The service did not answer.'
        : 'It takes a session to find out.',
    );
  }
  if (click.dropped.length === 0) return ok(`The service receives ${CHECKED}.`);
  return problem(
    `The service does not receive ${click.dropped.join(', ')}.`,
    'Let a CDN in front of it pass them on: docs/deploy.md, "A CDN in front".',
  );
}

const CHECKED = 'User-Agent, Cookie, X-Referral-Session and Authorization';

/** What an examination has recorded on its link, if the link is live. */
export interface Recorded {
  readonly clicks: number;
  readonly botClicks: number;
}

/** Counts what an examination has recorded. */
export function recordedBy({ click }: Observations): Recorded {
  if (click?.destination === undefined) return { clicks: 0, botClicks: 0 };
  if (click.cookie === undefined) return { clicks: 1, botClicks: 0 };
  // Without its user agent, the bot is a person.
  return click.dropped?.includes('User-Agent')
    ? { clicks: 2, botClicks: 0 }
    : { clicks: 1, botClicks: 1 };
}
