import type { FunctionStoreMethod } from './store/table-rights.ts';
import { tableShape } from './store/table-shape.ts';

/** Something other than the API that invokes a function. */
export interface Trigger {
  /** File in `functions/`, without its extension. */
  readonly function: string;
  /** Time limit of the function, in seconds. */
  readonly timeout: number;
  /** Memory of the function in MB; 512 by default. */
  readonly memory?: number;
  /** Store methods that the function calls. */
  readonly store: readonly FunctionStoreMethod[];
}

/** Store methods that credit an action. */
const crediting = [
  'findReferral',
  'findSessionUser',
  'readClaim',
  'responsesOf',
  'standingOf',
  'putResponse',
  'putResponseOnce',
  'readKeys',
  'createKey',
] as const;

/** Store methods that link a session. */
const linking = ['claimSession', 'settleSession', 'linkResponses', ...crediting] as const;

/** Store methods that a sign-up needs. */
const signingUp = ['createReferral', 'markSignedUp', ...linking] as const;

/** Cognito's post-confirmation trigger. */
export const postConfirmation = {
  function: 'confirm-sign-up',
  // Cognito waits 5 seconds, and one of them is for a cold start, see
  // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
  timeout: 4,
  store: signingUp,
} as const satisfies Trigger;

/** The app's own backend. It records an action for a user or session that it knows. */
export const recordBackendAction = {
  function: 'record-backend-action',
  timeout: 10,
  store: crediting,
} as const satisfies Trigger;

/** The queue of sign-ups that could not get their link at once. */
export const retrySignUp = {
  function: 'retry-sign-up',
  timeout: 30,
  store: signingUp,
} as const satisfies Trigger;

/** The queue of clicks that could not be stored at once. */
export const storeClick = {
  function: 'store-click',
  timeout: 30,
  store: linking,
} as const satisfies Trigger;

/** The schedule that closes the hours that are over. */
export const closeHours = {
  function: 'close-hours',
  timeout: 120,
  // A whole CPU, to count 10,000 responses in half a second, and memory for the visitors of an hour, see
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  memory: 1_769,
  everyMinutes: 5,
  store: [
    'dueHours',
    'readCounts',
    'closedHours',
    'responsesBetween',
    'closeHours',
    'halveBuckets',
    'openHour',
    'saveProgress',
    'putVisitors',
    'readVisitors',
  ],
} as const satisfies Trigger & { everyMinutes: number };

const { prefixes, sortKeys } = tableShape;

/**
 * The table's stream. The function gets only new referrals, responses and copies of linked responses, so that it
 * sees neither updates nor removals by TTL nor its own writes. The filters have the syntax of
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export const consumeStream = {
  function: 'consume-stream',
  timeout: 60,
  store: ['openHour', 'reopenHour', 'openHours'],
  filters: [
    { pk: prefixes.referral, sk: sortKeys.referral },
    { pk: prefixes.visitor, sk: sortKeys.response },
  ].map(({ pk, sk }) => ({
    eventName: ['INSERT'],
    dynamodb: { Keys: { pk: { S: [{ prefix: pk }] }, sk: { S: [{ prefix: sk }] } } },
  })),
} as const satisfies Trigger & { filters: unknown };

/** Everything other than the API that invokes a function. */
export const triggers = [
  postConfirmation,
  recordBackendAction,
  retrySignUp,
  storeClick,
  closeHours,
  consumeStream,
] as const;
