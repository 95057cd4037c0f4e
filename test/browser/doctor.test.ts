import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { call, createReferral, signUp, type User } from '../integration/client.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';

const CHROME_PATH = process.env.CHROMIUM ?? '/usr/bin/chromium';

async function listen(listener: RequestListener): Promise<Server & { port: number }> {
  const server = createServer(listener).listen(0);
  await once(server, 'listening');
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

function stop(server: Server | undefined): void {
  server?.close();
  server?.closeAllConnections();
}

/** Runs `referrals doctor`. */
function run(parameters: readonly string[], variables: NodeJS.ProcessEnv = { CHROME_PATH }) {
  const child = spawn(process.execPath, ['cli/referrals.ts', 'doctor', ...parameters], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { child, ended: ended.then(([stdout, stderr, [code]]) => ({ code, stdout, stderr })) };
}

// The service is at `localhost`, and a site is a host without its port.
describe.each([
  ['another site than the API', '127.0.0.1'],
  ['the site of the API', 'localhost'],
] as const)('referrals doctor, for an app on %s,', (_site, host) => {
  const sharesCookies = host === 'localhost';
  let service: TestService;
  let app: Server & { port: number };
  let owner: User;
  let code: string;
  let origin: string;
  let links: string;

  /** Pages of the app: headers, and HTML. */
  const pages: Record<string, () => [headers: Record<string, string>, html: string]> = {
    '/right': () => [{}, script()],
    '/without-script': () => [{}, ''],
    '/script-src': () => [{ 'content-security-policy': "script-src 'self'" }, script()],
    '/connect-src': () => [{ 'content-security-policy': "connect-src 'self'" }, script()],
    '/waiting': () => [{}, script('data-consent="pending"')],
    '/impatient': () => [
      {},
      `${script('data-consent="pending"')}<script>fetch('${links}/attribution').then((answer) => answer.text())</script>`,
    ],
    '/forgetful': () => [{}, `<script>localStorage.clear()</script>${script()}`],
    '/own-script': () => [{}, '<script src="/referrals.js"></script>'],
  };
  const script = (attributes = '') =>
    `<script src="${links}/referrals.js" defer ${attributes}></script>`;

  beforeAll(async () => {
    app = await listen(({ url = '' }, response) => {
      const { pathname } = new URL(url, origin);
      if (pathname === '/moved') return response.writeHead(302, { location: '/right' }).end();
      if (pathname === '/members') {
        const location = `http://login.localhost:${app.port}/sign-in`;
        return response.writeHead(302, { location }).end();
      }
      const [headers, html] = pages[pathname]?.() ?? [{}, ''];
      const status = pathname === '/missing' ? 404 : 200;
      return response
        .writeHead(status, { 'content-type': 'text/html', ...headers })
        .end(`<!doctype html><title>An app</title>${html}`);
    });
    origin = `http://${host}:${app.port}`;
    service = await startTestService({ variables: { APP_URL: origin } });
    links = service.outputs.ApiUrl;
    owner = await signUp(service.outputs);
    code = await createReferral(service.outputs, owner);
  });
  afterAll(async () => {
    stop(app);
    await service?.stop();
  });

  /** A CDN in front of the service, which changes what it passes on, and what it answers. */
  async function startCdn(
    change: (request: { url: string; headers: IncomingHttpHeaders }) => void,
    changeAnswer: (headers: IncomingHttpHeaders) => void = () => {},
  ): Promise<string> {
    const cdn = await listen((incoming, response) => {
      const { host: _own, ...headers } = incoming.headers;
      const passedOn = { url: incoming.url ?? '', headers };
      change(passedOn);
      const outgoing = send(links + passedOn.url, {
        method: incoming.method ?? 'GET',
        headers: passedOn.headers,
      });
      outgoing.on('response', (answer) => {
        changeAnswer(answer.headers);
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(outgoing);
    });
    onTestFinished(() => stop(cdn));
    return `http://localhost:${cdn.port}`;
  }

  /** The lines of a report about a page that is right. */
  const right = {
    page: 'ok       page: The page opens (200).',
    script: 'ok       script: The page loads the script LINKS/referrals.js.',
    consent: 'ok       consent: The script does not wait for consent.',
    calls: 'ok       calls: The page may call the API LINKS.',
    link: 'ok       link: The link leads to the page (302).',
    ...(sharesCookies
      ? {
          session:
            'ok       session: The browser has the session in the cookie referral_session, which localhost receives, too.',
          handoff: 'skipped  handoff: The page receives the cookie and needs none.',
          reload: 'ok       reload: After a reload the session is still there, in the cookie.',
        }
      : {
          session:
            'ok       session: The browser has the session in the cookie referral_session, which 127.0.0.1 does not receive; the page gets a handoff in its place.',
          handoff:
            'ok       handoff: The page exchanges the handoff and takes it out of its address.',
          reload: 'ok       reload: After a reload the session is still there, in localStorage.',
        }),
    headers:
      'ok       headers: The service receives User-Agent, Cookie, X-Referral-Session and Authorization.',
    recorded:
      '\nRecorded on the link: 1 click with the campaign source referrals-doctor, and 1 of a bot, which does not count.',
    next: 'Done: the page is set up.',
  };
  const NOTHING = '\nRecorded: nothing.';
  const ONE_PROBLEM = 'Next: put the problem right, and run the same command again.';

  /** A report as it should be, from the lines that differ; '' for none. */
  const report = (different: Partial<Record<keyof typeof right, string>>) =>
    ['Opening PAGE …', ...Object.values({ ...right, ...different }).filter(Boolean), ''].join('\n');

  /** Examines a page of the app, by a link to it unless `from` is null. The report has names in place of addresses. */
  async function examine(
    path: string,
    {
      at = origin,
      from = links,
      more = [],
    }: { at?: string; from?: string | null; more?: string[] } = {},
  ) {
    const link = from === null ? [] : ['--link', `${from}/r/${code}`];
    const { code: status, stdout, stderr } = await run([at + path, ...link, ...more]).ended;
    const names = {
      [`${at}${path} `]: 'PAGE ',
      [origin]: 'APP_URL',
      [at]: 'APP',
      [links]: 'LINKS',
      [from ?? links]: 'LINKS',
    };
    const named = Object.entries(names).reduce(
      (all, [address, name]) => all.replaceAll(address, name),
      stdout,
    );
    return { code: status, stdout: named, stderr };
  }
  const fine = (different: Parameters<typeof report>[0] = {}) => ({
    code: 0,
    stdout: report(different),
    stderr: '',
  });
  const wrong = (different: Parameters<typeof report>[0]) => ({
    code: 1,
    stdout: report({ next: ONE_PROBLEM, ...different }),
    stderr: '',
  });

  test('finds nothing wrong with a page that is set up, and records a click that its owner can tell', async () => {
    expect(await examine('/right')).toEqual(fine());
    const route = `GET /referrals/${code}/responses`;
    const { body } = await call(service.outputs, route, { token: owner.token });
    const campaign = { source: 'referrals-doctor' };
    expect(body.items).toMatchObject([
      { action: 'RESPONDED', kind: 'bot', via: 'link', campaign: null },
      { action: 'RESPONDED', kind: 'human', via: 'link', campaign },
    ]);
    expect(body.items).toHaveLength(2);
  });

  // Where app and API share cookies, the page has the session without the script.
  if (sharesCookies) return;

  test('checks without a link what it can, and records nothing', async () => {
    expect(await examine('/right', { from: null })).toEqual(
      fine({
        link: 'skipped  link: Give a link of the deployment with --link.',
        session: 'skipped  session, handoff, reload, headers: No link was followed.',
        handoff: '',
        reload: '',
        headers: '',
        recorded: NOTHING,
        next: 'Nothing is wrong so far. Next: run the same command with --link and a link of the deployment.',
      }),
    );
  });

  const WITHOUT_SCRIPT = {
    handoff: 'skipped  handoff: The script does not run.',
    reload: 'skipped  reload: The page has no session.',
  };

  test('finds that the script is missing', async () => {
    expect(await examine('/without-script')).toEqual(
      wrong({
        script: `problem  script: The page does not load the script.
         Fix: Add <script src="LINKS/referrals.js" defer></script> to the page, or start the snippet in its own code.`,
        consent: 'skipped  consent: The page has no script tag.',
        ...WITHOUT_SCRIPT,
      }),
    );
  });

  test('finds that a Content-Security-Policy blocks the script', async () => {
    expect(await examine('/script-src')).toEqual(
      wrong({
        script: `problem  script: The page's Content-Security-Policy blocks the script LINKS/referrals.js.
         Fix: Add LINKS to script-src.`,
        ...WITHOUT_SCRIPT,
      }),
    );
  });

  test('finds that a Content-Security-Policy blocks calls to the API', async () => {
    expect(await examine('/connect-src')).toEqual(
      wrong({
        calls: `problem  calls: The page's Content-Security-Policy blocks calls to the API LINKS.
         Fix: Add LINKS to connect-src.`,
        handoff: "skipped  handoff: The page can't call the API.",
        reload: 'skipped  reload: The page has no session.',
      }),
    );
  });

  test('finds that the script is another file', async () => {
    expect(await examine('/own-script')).toEqual(
      wrong({
        script: `problem  script: The page loads APP/referrals.js, but that is not the script: there is no window.referrals.
         Fix: Its src must begin with the ApiUrl of your deployment, or with the domain of its links.`,
        ...WITHOUT_SCRIPT,
      }),
    );
  });

  test('finds that the page is on another origin than appUrl', async () => {
    const at = `http://localhost:${app.port}`;
    expect(await examine('/right', { at })).toEqual(
      wrong({
        calls: `problem  calls: The API LINKS gives access to another origin than APP (CORS).
         Fix: Deploy it with appUrl APP, or open the page at its appUrl.`,
        link: `problem  link: The link leads to APP_URL/welcome: the deployment lets none lead to APP, or the link has expired or was stopped.
         Fix: Deploy with appUrl APP, or give a link that is live.`,
        session:
          'ok       session: The browser has the session in the cookie referral_session, which localhost receives, too.',
        handoff: 'skipped  handoff, reload: The link does not lead to the page.',
        reload: '',
        next: 'Next: put the first of 2 problems right, and run the same command again.',
      }),
    );
  });

  test('finds that a CDN drops the query', async () => {
    const from = await startCdn((request) => {
      request.url = request.url.replace(/\?.*/, '');
    });
    expect(await examine('/right', { from })).toEqual(
      wrong({
        link: `problem  link: The link leads to APP/welcome, and its query is lost: the destination and campaign in it do not reach the service.
         Fix: Let a CDN in front of the service pass on the query.`,
        handoff: 'skipped  handoff, reload: The link does not lead to the page.',
        reload: '',
      }),
    );
  });

  test('finds that a CDN drops the cookie', async () => {
    const from = await startCdn(({ headers }) => {
      delete headers.cookie;
    });
    expect(await examine('/right', { from })).toEqual(
      wrong({
        headers: `problem  headers: The service does not receive Cookie.
         Fix: Let a CDN in front of it pass them on: docs/deploy.md, "A CDN in front".`,
      }),
    );
  });

  test('finds that CloudFront replaces the user agent', async () => {
    const from = await startCdn(({ headers }) => {
      headers['user-agent'] = 'Amazon CloudFront';
    });
    expect(await examine('/right', { from })).toEqual(
      wrong({
        headers: `problem  headers: The service does not receive User-Agent.
         Fix: Let a CDN in front of it pass them on: docs/deploy.md, "A CDN in front".`,
        recorded: '\nRecorded on the link: 2 clicks with the campaign source referrals-doctor.',
      }),
    );
  });

  test('finds that a CDN drops the user agent', async () => {
    const from = await startCdn(({ headers }) => {
      delete headers['user-agent'];
    });
    expect(await examine('/right', { from })).toEqual(
      wrong({
        session: `problem  session: The link gives the visitor no session: the service takes the browser for a program, or the link has expired or was stopped.
         Fix: Let a CDN in front of the service pass on User-Agent and Sec-Fetch-Dest, and Set-Cookie back; or give a link that is live.`,
        handoff: 'skipped  handoff: The link gives no handoff.',
        reload: 'skipped  reload: There is no session.',
        headers: 'skipped  headers: It takes a session to find out.',
        recorded: '\nRecorded on the link: 1 click with the campaign source referrals-doctor.',
      }),
    );
  });

  test('finds that the cookie is for a domain that is not the links’ own', async () => {
    const from = await startCdn(
      () => {},
      (headers) => {
        const [line] = headers['set-cookie'] ?? [];
        if (line) headers['set-cookie'] = [`${line}; Domain=example.com`];
      },
    );
    expect(await examine('/right', { from })).toEqual(
      wrong({
        session: `problem  session: The browser refuses the cookie referral_session for example.com (InvalidDomain).
         Fix: session.domain of the deployment must be a domain of the links' host localhost, which must be on https.`,
      }),
    );
  });

  test('says that a script waits for consent, and sends nothing', async () => {
    expect(await examine('/waiting')).toEqual(
      fine({
        consent:
          'ok       consent: The script waits for consent, and sent nothing. Give consent with --consent.',
        handoff: 'skipped  handoff, reload: The script waits for consent.',
        reload: '',
        next: 'Nothing is wrong so far. Next: run the same command with --consent.',
      }),
    );
  });

  test('gives consent where it is told to', async () => {
    expect(await examine('/waiting', { more: ['--consent'] })).toEqual(
      fine({
        consent:
          'ok       consent: The script waits for consent, and sent nothing before it. The doctor gave consent.',
      }),
    );
  });

  test('finds that a page does not wait for consent, though its script does', async () => {
    expect(await examine('/impatient', { more: ['--consent'] })).toEqual(
      wrong({
        consent: `problem  consent: The script waits for consent, but the page calls the API before it: GET /attribution.
         Fix: Let the page call nothing before consent, and referrals.consent(true) after it.`,
      }),
    );
  });

  test('finds that a page loses the session', async () => {
    expect(await examine('/forgetful')).toEqual(
      wrong({
        reload: `problem  reload: After a reload the session is gone: the page has it neither in the cookie nor in localStorage.
         Fix: Check that nothing in the page clears localStorage.`,
      }),
    );
  });

  test('finds that the app loses the handoff', async () => {
    expect(await examine('/moved')).toEqual(
      wrong({
        page: 'ok       page: The page opens (200), and leads on to APP/right.',
        handoff: `problem  handoff: The app leads on to APP/right and loses referral_handoff.
         Fix: Let the redirects of the app keep the query.`,
        reload: 'skipped  reload: The page has no session.',
      }),
    );
  });

  test('finds that there is no such link', async () => {
    const more = ['--link', `${links}/r/nosuchlink`];
    expect(await examine('/right', { from: null, more })).toEqual(
      wrong({
        link: `problem  link: There is no such link (404).
         Fix: Give a link that exists.`,
        session: 'skipped  session, handoff, reload, headers: No link was followed.',
        handoff: '',
        reload: '',
        headers: '',
        recorded: NOTHING,
      }),
    );
  });

  test.each([
    [
      'is not there',
      '/missing',
      `The page answers 404.
         Fix: Give a page that everybody may open, as links should lead to one.`,
    ],
    [
      'needs a sign-in',
      '/members',
      `The page leads on to LOGIN/sign-in.
         Fix: If that is the page, give its address. Otherwise give one that everybody may open without signing in, as links should lead to one.`,
    ],
  ])('clicks nothing if the page %s', async (_what, path, finding) => {
    const { stdout, ...rest } = await examine(path);
    expect({
      ...rest,
      stdout: stdout.replaceAll(`http://login.localhost:${app.port}`, 'LOGIN'),
    }).toEqual({
      code: 1,
      stderr: '',
      stdout: [
        'Opening PAGE …',
        `problem  page: ${finding}`,
        'skipped  script, consent, calls, link, session, handoff, reload, headers: The page did not open.',
        NOTHING,
        ONE_PROBLEM,
        '',
      ].join('\n'),
    });
  });

  test('prints the same findings as JSON', async () => {
    const {
      code: status,
      stdout,
      stderr,
    } = await examine('/right', { from: null, more: ['--json'] });
    const finding = (check: string, saw: string) => ({
      check,
      status: 'skipped',
      saw,
      fix: null,
    });
    const good = (check: string, saw: string) => ({ ...finding(check, saw), status: 'ok' });
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      pageUrl: 'APP/right',
      link: null,
      findings: [
        good('page', 'The page opens (200).'),
        good('script', 'The page loads the script LINKS/referrals.js.'),
        good('consent', 'The script does not wait for consent.'),
        good('calls', 'The page may call the API LINKS.'),
        finding('link', 'Give a link of the deployment with --link.'),
        finding('session', 'No link was followed.'),
        finding('handoff', 'No link was followed.'),
        finding('reload', 'No link was followed.'),
        finding('headers', 'No link was followed.'),
      ],
      recorded: { clicks: 0, botClicks: 0 },
    });
  });
});

describe('referrals doctor says in one line, and exits with 1,', () => {
  const refused = async (parameters: string[], variables?: NodeJS.ProcessEnv) => {
    const { code, stderr } = await run(parameters, variables).ended;
    expect([code, stderr.split('\n')]).toEqual([1, [expect.any(String), '']]);
    return stderr.trim();
  };

  test('how to get a browser', async () => {
    const variables = { CHROME_PATH: '', PATH: '' };
    expect(await refused(['https://app.example.com/'], variables)).toBe(
      'CHROME_PATH: there is no Chrome or Chromium on this machine. Install one, such as https://www.google.com/chrome/, or set CHROME_PATH to the program of Chrome, Chromium or Edge.',
    );
  });

  test('that CHROME_PATH is wrong', async () => {
    const variables = { CHROME_PATH: '/nowhere/chrome' };
    expect(await refused(['https://app.example.com/'], variables)).toBe(
      'CHROME_PATH: there is no program /nowhere/chrome.',
    );
  });

  test('that the address is none', async () => {
    expect(await refused(['app.example.com'])).toBe(
      "error: command-argument value 'app.example.com' is invalid for argument 'page-url'. It must be an absolute URL such as https://app.example.com/.",
    );
  });
});

test('Ctrl-C ends referrals doctor and its browser', async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const silent = await listen(asked);
  onTestFinished(() => stop(silent));
  const { child, ended } = run([`http://localhost:${silent.port}/`]);
  await isAsked;
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([130, 'Stopped.\n']);
});
