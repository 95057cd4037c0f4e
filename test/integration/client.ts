import { randomUUID } from 'node:crypto';
import { signInUser, signUpUser } from '../../local/cognito.ts';
import type { Outputs } from '../../local/outputs.ts';

export const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
export const PASSWORD = 'Correct-horse-1';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on whole bodies
  readonly body: any;
}

export interface User {
  readonly email: string;
  readonly userId: string;
  readonly token: string;
}

export interface Call {
  readonly token?: string | undefined;
  /** Sent as the header. */
  readonly session?: string | undefined;
  readonly headers?: Record<string, string>;
  /** Sent as JSON, or as it is where it is a string. */
  readonly body?: unknown;
}

/** What a browser sends besides the body. */
export const headersOf = ({ token, session, headers, body }: Call): Record<string, string> => ({
  'user-agent': BROWSER,
  ...(token && { authorization: `Bearer ${token}` }),
  ...(session && { 'x-referral-session': session }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...headers,
});

/** Calls the API as a browser would; redirects are not followed. */
export async function call(
  { ApiUrl }: Pick<Outputs, 'ApiUrl'>,
  route: string,
  { token, session, headers = {}, body }: Call = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const response = await fetch(`${ApiUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: headersOf({ token, session, headers, body }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
  };
}

/** Clicks a link as a new visitor, or one with a session. */
export async function click(
  outputs: Outputs,
  code: string,
  session?: string,
): Promise<Answer & { session: string }> {
  const answer = await call(outputs, `GET /r/${code}`, {
    headers: session ? { cookie: `referral_session=${session}` } : {},
  });
  return { ...answer, session: sessionIn(answer) };
}

/** The session of the cookie that an answer sets; empty where it sets none. */
export const sessionIn = ({ headers }: Answer): string =>
  /^\w+=([\w-]{32});/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';

/** Signs a user up, with the session they came with, and in. */
export async function signUp(outputs: Outputs, session?: string): Promise<User> {
  const email = `${randomUUID()}@example.com`;
  const userId = await signUpUser(outputs, { email, password: PASSWORD, session });
  return { email, userId, token: (await signIn(outputs, email)).idToken };
}

/** Signs a user in. */
export const signIn = (outputs: Outputs, email: string) =>
  signInUser(outputs, { email, password: PASSWORD });

/** Creates a referral of the user's and gives its code. */
export async function createReferral(
  outputs: Outputs,
  { token }: User,
  body: object = { redirectTo: '/welcome' },
): Promise<string> {
  const answer = await call(outputs, 'POST /referrals', { token, body });
  return answer.body.code;
}

/** All items of a list, page by page. */
export async function allPages(
  outputs: Outputs,
  path: string,
  token: string,
  limit: number,
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on whole bodies
): Promise<any[]> {
  const items = [];
  for (let cursor = ''; ; ) {
    const { body } = await call(outputs, `GET ${path}?limit=${limit}${cursor}`, { token });
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
}
