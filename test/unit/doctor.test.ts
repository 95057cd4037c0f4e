import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checks, findingsOf, recordedBy } from '../../cli/doctor/findings.ts';
import type { Click, Observations, Script } from '../../cli/doctor/observations.ts';
import { summarize } from '../../cli/doctor/summary.ts';

const click: Click = {
  failure: undefined,
  status: 302,
  destination: 'https://app.example.com/welcome',
  isThePage: true,
  hasCampaign: true,
  hasParameter: false,
  hasHandoff: true,
  lostAt: undefined,
  cookie: { name: 'referral_session', domain: undefined, refusals: [], reachesPage: false },
  exchange: { status: 200, failure: undefined, isTakenOut: true },
  kept: 'storage',
  dropped: [],
};

/** A click after which the page does nothing. */
const notExchanged: Click = {
  ...click,
  exchange: { status: undefined, failure: undefined, isTakenOut: false },
  kept: 'nowhere',
};

const running: Script = {
  src: 'https://links.example.com/referrals.js',
  status: 200,
  failure: undefined,
  isPending: false,
  isRunning: true,
};

/** A page on another site than the API, where nothing is wrong. */
const right: Observations = {
  pageUrl: 'https://app.example.com/welcome',
  link: 'https://links.example.com/r/H7lMCTKv9X',
  page: { status: 200, failure: undefined, address: 'https://app.example.com/welcome' },
  script: running,
  apiUrl: 'https://links.example.com',
  calls: [],
  hasConsented: false,
  click,
  call: { status: 200, failure: undefined },
};

const notOk = (observations: Observations) =>
  findingsOf(observations).filter(({ status }) => status !== 'ok');

test('a page that is set up has no finding that is not ok', () => {
  expect(findingsOf(right).map(({ check }) => check)).toEqual([...checks]);
  expect(notOk(right)).toEqual([]);
});

const problem = (check: string, saw: string, fix: string) => ({
  check,
  status: 'problem',
  saw,
  fix,
});
const skipped = (check: string, saw: string) => ({ check, status: 'skipped', saw, fix: null });

describe('a page', () => {
  const only = (different: Partial<Observations>) => findingsOf({ ...right, ...different })[0];

  test.each([
    [
      { status: undefined, failure: 'ERR_CERT_DATE_INVALID', address: 'null' },
      'The browser refuses the certificate of the page (ERR_CERT_DATE_INVALID).',
      'Give the app a certificate for this host that browsers trust.',
    ],
    [
      { status: undefined, failure: 'ERR_NAME_NOT_RESOLVED', address: 'null' },
      "The page can't be reached (ERR_NAME_NOT_RESOLVED).",
      'Check its address, and that the app runs.',
    ],
  ])('that does not open stops the examination: %j', (page, saw, fix) => {
    const findings = findingsOf({ ...right, page, script: undefined, click: undefined });
    expect(findings).toEqual([
      problem('page', saw, fix),
      ...checks.slice(1).map((check) => skipped(check, 'The page did not open.')),
    ]);
  });

  test('that leads to a sign-in page of the app is not the page', () => {
    const page = { ...right.page, address: 'https://app.example.com/sign-in' };
    expect(only({ page })).toEqual(
      problem(
        'page',
        'The page leads on to https://app.example.com/sign-in.',
        'If that is the page, give its address. Otherwise give one that everybody may open without signing in, as links should lead to one.',
      ),
    );
  });

  test('on http is a problem, unless it is on this machine', () => {
    const at = (pageUrl: string) =>
      only({ pageUrl, page: { status: 200, failure: undefined, address: pageUrl } });
    expect(at('http://app.example.com/welcome')).toEqual(
      problem(
        'page',
        'The page is on http, where browsers keep no cookie of the service.',
        'Serve the app by https: appUrl of a deployment is an https origin.',
      ),
    );
    for (const host of ['localhost:5173', 'app.localhost', '127.0.0.1:80', '[::1]:5173']) {
      expect(at(`http://${host}/`)?.status).toBe('ok');
    }
  });
});

test.each([
  [
    { failure: 'mixed-content', status: undefined, src: 'http://links.example.com/referrals.js' },
    'The page is on https and asks for the script by http (http://links.example.com/referrals.js), so the browser blocks it.',
    'Write https:// in its src.',
  ],
  [
    { failure: 'ERR_NAME_NOT_RESOLVED', status: undefined },
    "The script https://links.example.com/referrals.js can't be loaded (ERR_NAME_NOT_RESOLVED).",
    'Its src must begin with the ApiUrl of your deployment, or with the domain of its links.',
  ],
  [
    { status: 404 },
    'The script https://links.example.com/referrals.js answers 404.',
    'Its src must begin with the ApiUrl of your deployment, or with the domain of its links.',
  ],
  [
    { status: undefined },
    'The page has the script https://links.example.com/referrals.js, but the browser does not load it.',
    'Check its type: a consent tool may have changed it. data-consent="pending" makes the script wait by itself.',
  ],
])('a script that does not run: %j', (script, saw, fix) => {
  const seen = { ...right, script: { ...running, ...script }, click: notExchanged };
  expect(notOk(seen)).toEqual([
    problem('script', saw, fix),
    skipped('handoff', 'The script does not run.'),
    skipped('reload', 'The page has no session.'),
  ]);
});

test('a page without a script tag may have the snippet in its own code', () => {
  const noHandoff = { ...click, hasHandoff: false, exchange: undefined, kept: 'cookie' } as const;
  for (const seen of [undefined, noHandoff]) {
    const [, script] = findingsOf({ ...right, script: undefined, click: seen });
    expect(script).toEqual(
      skipped(
        'script',
        'The page has no script tag. Whether its own code has the snippet does not show here.',
      ),
    );
  }
});

test('a page without a script tag that calls the API itself has its own script', () => {
  const seen = { ...right, script: undefined, calls: ['POST /session'] };
  expect(findingsOf(seen)[1]).toEqual({
    check: 'script',
    status: 'ok',
    saw: 'The page has no script tag, but calls the API itself.',
    fix: null,
  });
});

describe('a call from the page', () => {
  const ofCall = (failure: string, different: Partial<Observations> = {}) => {
    const call = { status: undefined, failure };
    return findingsOf({ ...right, call, ...different }).find(({ check }) => check === 'calls');
  };

  test('that the API allows to another origin tells which, and what to deploy', () => {
    const allowedOrigin = 'https://www.example.com';
    const call = { status: undefined, failure: 'AllowOriginMismatch', allowedOrigin };
    expect(ofCall('', { call, click: undefined })).toEqual(
      problem(
        'calls',
        'The API https://links.example.com gives access to https://www.example.com, and not to https://app.example.com (CORS).',
        'Deploy it with appUrl https://app.example.com, or open the page at its appUrl.',
      ),
    );
  });

  test('that is refused although the page got a handoff, which only appUrl gets, did not arrive as it was sent', () => {
    expect(ofCall('PreflightMissingAllowOriginHeader')).toEqual(
      problem(
        'calls',
        'The API https://links.example.com answers without CORS headers for https://app.example.com.',
        'Let a CDN in front of it pass on Origin, Access-Control-Request-Method and Access-Control-Request-Headers.',
      ),
    );
  });

  test('that fails in another way names the failure', () => {
    const fix =
      'Check that it is the address of your deployment, and how a CDN in front of it is set up.';
    expect(ofCall('PreflightInvalidStatus')).toEqual(
      problem(
        'calls',
        "The page can't call the API https://links.example.com (PreflightInvalidStatus).",
        fix,
      ),
    );
    const call = { status: 403, failure: undefined };
    expect(ofCall('', { call })).toEqual(
      problem('calls', 'The API https://links.example.com answers 403 to POST /session.', fix),
    );
  });
});

/** What is not ok if the click is different. */
const withClick = (different: Partial<Click>) =>
  notOk({ ...right, click: { ...click, ...different } });

test.each([
  [
    { status: undefined, destination: undefined, failure: 'ERR_CONNECTION_REFUSED' },
    "The link can't be reached (ERR_CONNECTION_REFUSED).",
    'Give a link as the API answers it in url, such as https://links.example.com/r/H7lMCTKv9X.',
  ],
  [
    { status: undefined, destination: undefined },
    'This is no link of a deployment, which has /r/ in its address.',
    'Give a link as the API answers it in url, such as https://links.example.com/r/H7lMCTKv9X.',
  ],
  [
    { status: 403, destination: undefined },
    'The link answers 403 and leads nowhere.',
    'Check that it is a link of your deployment, and how a CDN in front of it is set up.',
  ],
])('a link that leads nowhere: %j', (different, saw, fix) => {
  expect(withClick(different)).toEqual([
    problem('link', saw, fix),
    ...['session', 'handoff', 'reload', 'headers'].map((check) =>
      skipped(check, 'No link was followed.'),
    ),
  ]);
});

test('a link with its parameter in the destination is of a deployment with another redirectParameter', () => {
  const destination = 'https://app.example.com/';
  const elsewhere = { destination, isThePage: false, hasParameter: true };
  expect(withClick({ ...elsewhere, exchange: undefined, kept: undefined })).toEqual([
    problem(
      'link',
      'The link leads to https://app.example.com/: the deployment has another redirectParameter.',
      'Give its name with --redirect-parameter.',
    ),
    skipped('handoff', 'The link does not lead to the page.'),
    skipped('reload', 'The link does not lead to the page.'),
  ]);
});

describe('the cookie', () => {
  test('that a browser refuses has a wrong domain', () => {
    const refusals = ['InvalidDomain'];
    const cookie = { name: 'visitor', domain: 'example.com', refusals, reachesPage: false };
    expect(withClick({ cookie })).toEqual([
      problem(
        'session',
        'The browser refuses the cookie visitor for example.com (InvalidDomain).',
        "session.domain of the deployment must be a domain of the links' host links.example.com, which must be on https.",
      ),
    ]);
  });

  test('that does not reach the page, without a handoff, leaves it without a session', () => {
    const nothing = { hasHandoff: false, exchange: undefined, kept: 'nowhere' } as const;
    expect(withClick(nothing)).toEqual([
      problem(
        'session',
        'The browser has the session in the cookie referral_session, which app.example.com does not receive, and the page gets no handoff.',
        'Deploy with appUrl https://app.example.com and without session.handOff: false; or with a session.domain that app.example.com shares.',
      ),
      skipped('handoff', 'The link gives no handoff.'),
      skipped('reload', 'The page has no session.'),
    ]);
  });

  test('that does not come with the handoff is dropped on the way', () => {
    expect(withClick({ cookie: undefined })).toEqual([
      problem(
        'session',
        'The link gives a handoff but sets no cookie, so a visitor who comes back is a new one.',
        'Let a CDN in front of the service pass on Set-Cookie.',
      ),
    ]);
  });
});

describe('the handoff', () => {
  const withExchange = (different: Partial<Click['exchange']>) =>
    withClick({ exchange: { status: 200, failure: undefined, isTakenOut: true, ...different } });

  test('that stays in the address is passed on', () => {
    expect(withExchange({ isTakenOut: false })).toEqual([
      problem(
        'handoff',
        'The page exchanges the handoff but leaves it in its address, which visitors pass on.',
        'Take referral_handoff out with history.replaceState, as the script does; check that nothing puts it back.',
      ),
    ]);
  });

  test('that is refused is of another deployment than the script, or was changed', () => {
    const exchange = { status: 400, failure: undefined, isTakenOut: true };
    const saw = 'The API refuses the handoff (400).';
    expect(withExchange(exchange)).toEqual([
      problem('handoff', saw, 'Let nothing on the way change referral_handoff.'),
    ]);
    const script = { ...running, src: 'https://staging.example.com/referrals.js' };
    expect(notOk({ ...right, script, click: { ...click, exchange } })).toEqual([
      problem(
        'handoff',
        saw,
        'The script is of https://staging.example.com and the link of https://links.example.com: let both be of the same deployment.',
      ),
    ]);
  });

  test('that a script does not exchange though it runs is in the console', () => {
    expect(notOk({ ...right, click: notExchanged })).toEqual([
      problem(
        'handoff',
        'The page does not exchange the handoff (POST /session).',
        'Look at the console of the page.',
      ),
      skipped('reload', 'The page has no session.'),
    ]);
  });
});

test('headers that could not be asked for are skipped', () => {
  expect(withClick({ dropped: undefined })).toEqual([
    skipped('headers', 'The service did not answer.'),
  ]);
});

test('what is recorded follows from what arrives', () => {
  const recorded = (different: Partial<Click> | undefined) =>
    recordedBy({ ...right, click: different && { ...click, ...different } });
  expect(recorded(undefined)).toEqual({ clicks: 0, botClicks: 0 });
  expect(recorded({ destination: undefined })).toEqual({ clicks: 0, botClicks: 0 });
  expect(recorded({})).toEqual({ clicks: 1, botClicks: 1 });
  expect(recorded({ cookie: undefined })).toEqual({ clicks: 1, botClicks: 0 });
  expect(recorded({ dropped: ['User-Agent'] })).toEqual({ clicks: 2, botClicks: 0 });
});

test('docs/testing.md shows what the command prints', () => {
  const seen = {
    ...right,
    call: { status: undefined, failure: 'csp' },
    click: { ...notExchanged, exchange: { status: undefined, failure: 'csp', isTakenOut: true } },
  };
  expect(readFileSync('docs/testing.md', 'utf8')).toContain(
    summarize(findingsOf(seen), recordedBy(seen)),
  );
});
