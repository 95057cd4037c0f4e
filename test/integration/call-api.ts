/** A service's API, and the way to it. */
export interface Api {
  /** The API's origin. */
  readonly apiUrl: string;
  /** Sends the request; the platform's own by default. */
  readonly fetch?: Fetch | undefined;
}

/** As much of `fetch` as the client needs. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly redirect: 'manual';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly signal?: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: Headers;
  readonly text: () => Promise<string>;
}>;

export interface Call {
  /** The user's. */
  readonly token?: string | undefined;
  /** The visitor's, to be sent as the header. */
  readonly session?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: each route answers with another shape
  readonly body: any;
}

/**
 * Calls a route of the API, such as `POST /actions`. It does not follow redirects, and an answer of any status
 * is an answer. In a page, a browser hides where a redirect leads.
 */
export async function callApi(
  { apiUrl, fetch = globalThis.fetch }: Api,
  route: string,
  { token, session, headers, body, signal }: Call = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(session && { 'x-referral-session': session }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}
