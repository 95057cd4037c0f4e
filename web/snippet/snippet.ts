/** What a page tells the snippet. */
export interface SnippetOptions {
  /** Origin of the API. @example 'https://links.example.com' */
  readonly apiUrl: string;
  /**
   * `pending` keeps and sends nothing until `consent(true)` is called. By default, nothing is waited for.
   */
  readonly consent?: string | undefined;
  /** Gives the signed-in user's token, or nothing. Called before each request. By default, nobody is signed in. */
  readonly token?: Token | undefined;
}

export type Token = () => string | null | undefined | PromiseLike<string | null | undefined>;

/** The link that is credited for this visitor, and what the hook `publicReferral` adds. */
export interface Attribution {
  readonly code: string;
  readonly target: Target | null;
  readonly redirectTo: string;
  /** ISO 8601, in UTC. */
  readonly respondedAt: string;
  readonly via: 'link' | 'page' | 'typed' | 'forwarded' | null;
  readonly [added: string]: unknown;
}

/** What an action was about. @example { type: 'article', id: '42' } */
export interface Target {
  readonly type: string;
  readonly id: string;
}

/** An action that was recorded. */
export interface RecordedAction {
  readonly id: string;
  readonly code: string;
  readonly action: string;
  readonly [field: string]: unknown;
}

/** What a page can ask. Nothing here throws or rejects: what can't be had is null. */
export interface Referrals {
  /** The visitor's session, for `clientMetadata.referralSession` at sign-up. */
  session(): Promise<string | null>;
  /** The link that is credited for this visitor. With a token, it also links the session to the user. */
  attribution(): Promise<Attribution | null>;
  /** Records an action of this visitor. Null if nobody is credited for it. */
  record(action: string, target?: Target): Promise<RecordedAction | null>;
  /** Says whether the visitor agrees. `false` forgets what the page has kept. */
  consent(given: boolean): void;
  /** As the option; it may be set later. */
  token?: Token | undefined;
}

/** What the service is to be told: path of the API, and body. */
type Arrival = readonly [path: string, body: object];

type Area = 'localStorage' | 'sessionStorage';

interface Answer {
  readonly session?: string | null;
  readonly cookie?: boolean;
  readonly referral?: Attribution | null;
  readonly response?: RecordedAction | null;
  readonly code?: string;
  readonly detail?: string;
}

/** What is kept has this name: the session in localStorage, an arrival that is not taken yet in sessionStorage. */
const KEY = 'referral_session';
/** Milliseconds that the service has for an answer. */
const PATIENCE = 5_000;

/**
 * Takes what a referral link has put into the page's address, and keeps the visitor's session. It never throws,
 * and what is wrong is in the console once.
 *
 * @example
 * const referrals = startReferrals({ apiUrl: 'https://links.example.com' });
 * await referrals.record('VIEWED_PRICING');
 */
export function startReferrals({ apiUrl, consent, token }: SnippetOptions): Referrals {
  const memory: Partial<Record<Area, string | null>> = {};
  const said: Record<string, boolean> = {};
  let isAllowed = consent !== 'pending';
  let last: string | undefined;
  let arrival: Arrival | null = null;
  let taking: Promise<void> | undefined;
  /** The session that the service has told; undefined while it is not asked. */
  let known: string | null | undefined;

  const say = (text: string) => {
    // biome-ignore lint/suspicious/noConsole: it is for the app's developer
    if (!said[text]) console.warn(`referrals: ${text}`);
    said[text] = true;
  };

  const read = (area: Area) => {
    try {
      return window[area].getItem(KEY) || memory[area];
    } catch {
      return memory[area];
    }
  };

  const keep = (area: Area, text?: string | null | false) => {
    const kept = isAllowed && text;
    try {
      if (kept) window[area].setItem(KEY, kept);
      else window[area].removeItem(KEY);
      memory[area] = null;
    } catch {
      memory[area] = kept || null;
      // Storage is blocked or full: what is kept lives as long as the page.
    }
  };

  /** Undefined if there is no answer, or one that may be another later. */
  const call = async (path: string, body?: object, key?: string): Promise<Answer | undefined> => {
    try {
      const session = read('localStorage');
      const bearer = await Promise.resolve().then(referrals.token).catch(say);
      const response = await fetch(apiUrl + path, {
        method: body ? 'POST' : 'GET',
        credentials: 'include',
        // An action is often the last thing on a page.
        keepalive: !!key,
        signal: AbortSignal.timeout?.(PATIENCE),
        headers: Object.entries({
          'content-type': body && 'application/json',
          'idempotency-key': key,
          'x-referral-session': session,
          authorization: bearer && `Bearer ${bearer}`,
        }).filter(([, value]) => value) as [string, string][],
        body: JSON.stringify(body),
      });
      const { status } = response;
      const answer: Answer = await response.json();
      if (status < 300) {
        if ('session' in answer) {
          known = answer.session;
          keep('localStorage', !answer.cookie && known);
        }
        return answer;
      }
      if (session && answer.code === 'invalid_session') {
        keep('localStorage');
        return call(path, body, key);
      }
      say(`${path}: ${answer.detail ?? status}`);
      // Signing in again, or waiting, may change these.
      return /^4(?!01|29)/.test(`${status}`) ? answer : undefined;
    } catch (error) {
      say(`${path}: ${error}`);
      return undefined;
    }
  };

  /** Tells the service of each arrival. One that it can't take now waits for the next page. */
  const exchange = async () => {
    await active;
    try {
      while (isAllowed) {
        arrival ??= JSON.parse(read('sessionStorage') || 'null');
        const current = arrival;
        if (!current) return;
        keep('sessionStorage', JSON.stringify(current));
        if (!(await call(...current))) return;
        if (arrival === current) {
          arrival = null;
          keep('sessionStorage');
        }
      }
    } finally {
      // At once, so that no later arrival is missed.
      taking = undefined;
    }
  };

  /** Two tabs go one after the other, so that they become one visitor. Not every page has locks. */
  const inTurn = async () => navigator.locks.request(KEY, exchange);

  const ready = () => {
    taking ??= inTurn().catch(exchange).catch(say);
    return taking;
  };

  const ask: typeof call = async (...request) => {
    await ready();
    return isAllowed ? ((await call(...request)) ?? call(...request)) : undefined;
  };

  const session = async () => {
    await ready();
    if (!isAllowed) return null;
    // The browser may have one in its cookie.
    if (!(known !== undefined || read('localStorage'))) await call('/session', {});
    return read('localStorage') || known || null;
  };

  const fill = async ({ target, formData }: Partial<FormDataEvent> = {}) => {
    const fields = document.querySelectorAll<HTMLInputElement>('input[data-referral]');
    if (!isAllowed || !fields[0]) return;
    const set = (text: string | null | undefined) => {
      for (const field of fields) {
        field.value = text || '';
        if (field.form === target) formData?.set(field.name, field.value);
      }
    };
    set(read('localStorage') || known);
    set(await session());
  };

  const look = () => {
    known ||= undefined;
    const { href, search, origin } = location;
    let code: string | undefined;
    let handoff: string | undefined;
    const others = search
      .slice(1)
      .split('&')
      .filter((parameter) => {
        // What no code ends with is cut off, and what is no code is left alone.
        const ours = /^(?:ref=([\w-]{1,64})(?:%..|[^\w%-])*|referral_handoff=(.+))$/.exec(
          parameter,
        );
        code ||= ours?.[1];
        handoff ||= ours?.[2];
        return !ours;
      });
    const found = handoff || code;
    // A script that puts it back each time gets its way.
    if (found && found !== last) {
      last = found;
      arrival = handoff
        ? ['/session', { handoff }]
        : [
            '/clicks',
            {
              code,
              page: `${origin}/?${others.filter((other) => /^utm_/.test(other)).join('&')}`,
              referrer: document.referrer,
            },
          ];
      try {
        const rest = others.length > 0 ? `?${others.join('&')}` : '';
        // A function, because `$` means something in a text.
        history.replaceState(
          history.state,
          '',
          href.replace(search, () => rest),
        );
      } catch {
        // A sandboxed page may not.
      }
    }
    ready();
    fill();
  };

  const active =
    document.prerendering &&
    new Promise((resolve) => document.addEventListener('prerenderingchange', resolve));

  const referrals: Referrals = {
    token,
    session,
    attribution: async () => (await ask('/attribution'))?.referral || null,
    record: async (action, target) =>
      (await ask('/actions', { action, target }, crypto.randomUUID?.()))?.response || null,
    consent: (given) => {
      isAllowed = given;
      known = undefined;
      if (given) return look();
      arrival = null;
      keep('localStorage');
      keep('sessionStorage');
    },
  };

  look();
  for (const event of ['pageshow', 'popstate']) addEventListener(event, look);
  // It tells of pushState, which has no event of its own.
  window.navigation?.addEventListener('currententrychange', look);
  for (const event of ['focusin', 'submit', 'formdata']) addEventListener(event, fill, true);
  return referrals;
}
