import { apiTimeout, clickTimeout, routes } from './routes.ts';
import { tableShape } from './store/table-shape.ts';

/** Cognito's post-confirmation trigger. */
export const postConfirmation = {
  function: 'confirm-sign-up',
  /**
   * Seconds. Cognito waits 5, and one of them is for a cold start, see
   * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
   */
  timeout: 4,
} as const;

/** Invoked by the app's own backend to record an action for a user or session it knows. */
export const recordBackendAction = {
  function: 'record-backend-action',
  timeout: apiTimeout,
} as const;

/** Invoked by the queue of sign-ups that could not get their link at once. */
export const retrySignUp = { function: 'retry-sign-up', timeout: 30 } as const;

/** Invoked by the queue of clicks that could not be stored at once. */
export const storeClick = { function: 'store-click', timeout: 30 } as const;

/** Invoked every few minutes: closes the hours that are over. */
export const closeHours = { function: 'close-hours', timeout: 240, everyMinutes: 5 } as const;

const { prefixes, sortKeys } = tableShape;

/**
 * Invoked with what is new in the table. Of the stream it wants new referrals and responses only, so
 * neither removals by TTL nor what it writes itself come back to it. The filters are in the syntax of
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export const consumeStream = {
  function: 'consume-stream',
  timeout: 60,
  filters: [
    { pk: prefixes.referral, sk: sortKeys.referral },
    { pk: prefixes.visitor, sk: sortKeys.response },
  ].map(({ pk, sk }) => ({
    eventName: ['INSERT'],
    dynamodb: { Keys: { pk: { S: [{ prefix: pk }] }, sk: { S: [{ prefix: sk }] } } },
  })),
} as const;

/** All that invokes a function besides the API. */
export const triggers: readonly { readonly function: string; readonly timeout: number }[] = [
  postConfirmation,
  recordBackendAction,
  retrySignUp,
  storeClick,
  closeHours,
  consumeStream,
];

/** Every function there is, by its file. */
export const functionNames: readonly string[] = [
  ...new Set([...routes, ...triggers].map(({ function: name }) => name)),
];

/** Seconds that a function has. */
export function timeoutOf(name: string): number {
  if (name === 'hit') return clickTimeout;
  return triggers.find((trigger) => trigger.function === name)?.timeout ?? apiTimeout;
}
