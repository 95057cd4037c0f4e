import createClient from 'openapi-fetch';
import type { ReferralsProblem } from '../problem.ts';
import { withRetries } from '../retry.ts';
import { fetchAnswer } from './answer.ts';
import type { components, paths } from './contract.ts';

type Schemas = components['schemas'];

/** One of the user's links. */
export type Referral = Schemas['Referral'];
export type NewReferral = Schemas['NewReferral'];
export type ReferralChanges = Schemas['ReferralChanges'];
/** A click or an action, as the owner of the link sees it. */
export type ReferralResponse = Schemas['Response'];
/** An action, as the visitor sees it who did it. */
export type RecordedAction = Schemas['VisitorResponse'];
/** The referral that the visitor's actions credit, with what the hook `publicReferral` adds. */
export type Attribution = Schemas['Attribution'];
/** A visitor after they arrived: who gets the credit, and the session to keep if `cookie` is false. */
export type Arrival = Schemas['Arrival'];
/** The visitor's session. If `cookie` is true, the browser keeps it, and the page keeps nothing. */
export type VisitorSession = Schemas['Session'];
export type Stats = Schemas['Stats'];
export type StatsQuery = NonNullable<
  paths['/referrals/{code}/stats']['get']['parameters']['query']
>;

type Text = string | null | undefined;

export interface ReferralsOptions {
  /** Origin of the API (`ApiUrl`). */
  readonly apiUrl: string;
  /**
   * Gives the id token or access token of the user, or nothing if nobody is signed in. It is asked before each call. If
   * it throws, nothing is sent, and the caller gets its error.
   */
  readonly token?: (() => Text | Promise<Text>) | undefined;
  /**
   * The session of a visitor, or a function that gives it. Leave it out where the browser keeps the session in the
   * cookie.
   */
  readonly session?: Text | (() => Text | Promise<Text>);
}

export interface CallOptions {
  /** Gives the call up, waits included. */
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions extends CallOptions {
  /** Number of items that are asked for at a time: 1 to 100, by default 20. */
  readonly pageSize?: number | undefined;
}

export interface ActionOptions extends CallOptions {
  /** One of your own objects. */
  readonly target?: Schemas['Target'] | undefined;
  /**
   * 1 to 255 visible ASCII characters that make the action happen once: for 24 hours, the same key of the same visitor
   * gets the first answer again. By default a new one for each call.
   */
  readonly idempotencyKey?: string | undefined;
}

export interface ArrivalOptions extends CallOptions {
  /** The page's address; its `utm_` parameters are kept as the campaign. */
  readonly page?: string | undefined;
  /** The page before: `document.referrer`. */
  readonly referrer?: string | undefined;
}

/**
 * The API's calls. They throw `ReferralsProblem`, or the reason of the `signal` that ends them. If the service is busy
 * or can't be reached, they are repeated up to three times, with waits between.
 */
export interface ReferralsClient {
  /** The user's own link. It is made now if the sign-up did not make it. */
  mine(options?: CallOptions): Promise<Referral>;
  /** Makes a link of the user, or finds the one there is already with the same destination, label and target. */
  create(referral: NewReferral, options?: CallOptions): Promise<Referral>;
  /** Changes one of the user's links. What is not given stays; null takes a value away. */
  edit(code: string, changes: ReferralChanges, options?: CallOptions): Promise<Referral>;
  /** One of the user's links, with its counts. */
  get(code: string, options?: CallOptions): Promise<Referral>;
  /** The user's links, newest first. */
  list(options?: ListOptions): AsyncIterableIterator<Referral>;
  /** The responses to one of the user's links, or to all of them, newest first. */
  responses(code?: string, options?: ListOptions): AsyncIterableIterator<ReferralResponse>;
  /** Counts of one of the user's links by hour, day or month. */
  stats(code: string, options?: StatsQuery & CallOptions): Promise<Stats>;
  /**
   * Records an action of the visitor. It is not trusted, because any page can say so; what you pay for is recorded by
   * your backend.
   *
   * @returns the action, or null if there is nobody to credit.
   */
  record(action: string, options?: ActionOptions): Promise<RecordedAction | null>;
  /** The referral that the visitor's actions credit, or null. */
  attribution(options?: CallOptions): Promise<Attribution | null>;
  /** Records that the visitor typed a code. It is repeated only if it was refused before it counted. */
  enterCode(code: string, options?: CallOptions): Promise<Arrival>;
  /** Records that the visitor arrived at a page of the app by `?ref=`. It is repeated like `enterCode`. */
  arrive(code: string, options?: ArrivalOptions): Promise<Arrival>;
  /** Exchanges the handoff in a page's address for a session. Without one: the session that the browser has. */
  session(handoff?: string, options?: CallOptions): Promise<VisitorSession>;
  /** Links the visitor's session to the user. Returns the number of responses that it linked. */
  link(options?: CallOptions): Promise<number>;
}

/** What each call is sent with. */
type Sending = {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal | null;
};

/**
 * Makes a client of the API, for browsers and for Node.
 *
 * @throws TypeError if `apiUrl` is no URL.
 * @example
 * const referrals = createReferrals({ apiUrl, token: async () => (await fetchAuthSession()).tokens?.idToken?.toString() });
 * const { url } = await referrals.mine();
 * for await (const { actionDisplay, createdAt } of referrals.responses()) show(actionDisplay, createdAt);
 */
export function createReferrals({ apiUrl, token, session }: ReferralsOptions): ReferralsClient {
  if (!/^https?:\/\/./.test(apiUrl)) {
    throw new TypeError('apiUrl must be the origin of the API, such as https://api.example.com.');
  }
  // With credentials, for the session in the cookie.
  const api = createClient<paths>({ baseUrl: apiUrl, credentials: 'include', fetch: fetchAnswer });

  async function call<Answer>(
    send: (sending: Sending) => Promise<{ data?: Answer }>,
    { signal }: CallOptions = {},
    isRepeatable = true,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const [givenToken, givenSession] = await Promise.all([
      token?.(),
      typeof session === 'function' ? session() : session,
    ]);
    const headers = {
      ...(givenToken && { authorization: `Bearer ${givenToken}` }),
      ...(givenSession && { 'x-referral-session': givenSession }),
    };
    const attempt = async () => (await send({ headers, signal: signal ?? null })).data as Answer;
    return withRetries(attempt, isRepeatable ? isTemporary : isUntouched, signal);
  }

  async function* items<Item>(
    read: (query: { limit?: number; cursor?: string }) => Promise<{
      items: Item[];
      nextCursor: string | null;
    }>,
    { pageSize }: ListOptions = {},
  ) {
    const limit = pageSize === undefined ? {} : { limit: pageSize };
    let cursor: string | null = '';
    do {
      const page = await read({ ...limit, ...(cursor && { cursor }) });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  }

  return {
    mine: (options) => call((init) => api.GET('/me/referral', init), options),
    create: (body, options) => call((init) => api.POST('/referrals', { body, ...init }), options),
    edit: (code, body, options) =>
      call(
        (init) => api.PATCH('/referrals/{code}', { params: { path: { code } }, body, ...init }),
        options,
      ),
    get: (code, options) =>
      call(
        (init) => api.GET('/referrals/{code}', { params: { path: { code } }, ...init }),
        options,
      ),
    list: (options) =>
      items(
        (query) => call((init) => api.GET('/referrals', { params: { query }, ...init }), options),
        options,
      ),
    responses: (code, options) =>
      items(
        (query) =>
          code === undefined
            ? call((init) => api.GET('/responses', { params: { query }, ...init }), options)
            : call(
                (init) =>
                  api.GET('/referrals/{code}/responses', {
                    params: { path: { code }, query },
                    ...init,
                  }),
                options,
              ),
        options,
      ),
    stats: (code, { signal, ...query } = {}) =>
      call(
        (init) =>
          api.GET('/referrals/{code}/stats', { params: { path: { code }, query }, ...init }),
        { signal },
      ),
    record: async (action, { target, idempotencyKey = crypto.randomUUID(), ...options } = {}) => {
      const answer = await call(
        (init) =>
          api.POST('/actions', {
            params: { header: { 'Idempotency-Key': idempotencyKey } },
            body: { action, ...(target && { target }) },
            ...init,
          }),
        options,
      );
      // The types of openapi-fetch have no fields that are always null.
      return (answer as { response: RecordedAction | null }).response;
    },
    attribution: async (options) =>
      (await call((init) => api.GET('/attribution', init), options)).referral,
    enterCode: (code, options) =>
      call((init) => api.POST('/attribution', { body: { code }, ...init }), options, false),
    arrive: (code, { page, referrer, ...options } = {}) =>
      call(
        (init) =>
          api.POST('/clicks', {
            body: { code, ...(page && { page }), ...(referrer && { referrer }) },
            ...init,
          }),
        options,
        false,
      ),
    // If an answer was lost, the next attempt gets the visitor a session that credits the same link.
    session: (handoff, options) =>
      call(
        (init) => api.POST('/session', { body: handoff === undefined ? {} : { handoff }, ...init }),
        options,
      ),
    link: async (options) =>
      (await call((init) => api.POST('/session/link', init), options)).linked,
  };
}

/** Whether the request was refused before anything was done. */
const isUntouched = ({ status }: ReferralsProblem): boolean => status === 429;

/** Whether the same call may succeed a moment later. */
const isTemporary = (problem: ReferralsProblem): boolean =>
  isUntouched(problem) ||
  problem.code === 'unreachable' ||
  [502, 503, 504].includes(problem.status ?? 0);
