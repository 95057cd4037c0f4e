/**
 * A visitor is a signed-in user (Cognito `sub`) or an anonymous session.
 *
 * @example { session: 'kq3vVwOeTnSgb3Ol0wBzRg' }
 */
export type Visitor = { readonly userId: string } | { readonly session: string };
