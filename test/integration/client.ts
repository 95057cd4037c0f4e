import { randomUUID } from 'node:crypto';
import { signInUser, signUpUser } from '../../local/cognito.ts';
import type { Outputs } from '../../local/outputs.ts';
import { type Answer, type Api, type Call, callApi } from './call-api.ts';
import { assertAnswer } from './contract.ts';

export const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
export const PASSWORD = 'Correct-horse-1';

export interface User {
  readonly email: string;
  readonly userId: string;
  readonly token: string;
}

/** Calls an API as a browser would. Its answer has to be in the contract. */
export async function callAsBrowser(api: Api, route: string, request: Call = {}): Promise<Answer> {
  const headers = { 'user-agent': BROWSER, ...request.headers };
  const answer = await callApi(api, route, { ...request, headers });
  assertAnswer(route, answer);
  return answer;
}

/** Calls the API of a service as a browser would. */
export const call = (
  { ApiUrl }: Pick<Outputs, 'ApiUrl'>,
  route: string,
  request?: Call,
): Promise<Answer> => callAsBrowser({ apiUrl: ApiUrl }, route, request);

/** Header in which the services of tests find a visitor's IP address. */
export const CLIENT_IP = 'x-client-ip';

let addresses = 0;

/** An IP address that no other visitor of a test has. */
export function newIp(): string {
  const n = ++addresses;
  return `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
}

/** Clicks a link as a new visitor, or with a session. */
export async function click(
  outputs: Outputs,
  code: string,
  session?: string,
): Promise<Answer & { session: string }> {
  const answer = await call(outputs, `GET /r/${code}`, {
    headers: { [CLIENT_IP]: newIp(), ...(session && { cookie: `referral_session=${session}` }) },
  });
  return { ...answer, session: sessionIn(answer) };
}

/** The session in the cookie that an answer sets; empty if it sets none. */
export const sessionIn = ({ headers }: Answer): string =>
  /^\w+=([\w-]{32});/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';

/** Signs a user up with their session and the code that they typed, and signs them in. */
export async function signUp(outputs: Outputs, session?: string, code?: string): Promise<User> {
  const email = `${randomUUID()}@example.com`;
  const userId = await signUpUser(outputs, { email, password: PASSWORD, session, code });
  return { email, userId, token: (await signIn(outputs, email)).idToken };
}

/** Signs a user in. */
export const signIn = (outputs: Outputs, email: string, password = PASSWORD) =>
  signInUser(outputs, { email, password });

/** Creates a referral for the user. Returns its code. */
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
