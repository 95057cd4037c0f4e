/**
 * A visitor is a signed-in user (Cognito `sub`) or an anonymous session.
 *
 * @example { session: 'kq3vVwOeTnSgb3Ol0wBzRg' }
 */
export type Visitor = { readonly userId: string } | { readonly session: string };

// 128 random bits in base64url. It has no colon, so no session can be mistaken for `user:<sub>`.
export const SESSION = /^[A-Za-z0-9_-]{22}$/;

/** Whether a value from outside has the format of a session. */
export const isSession = (value: unknown): value is string =>
  typeof value === 'string' && SESSION.test(value);
