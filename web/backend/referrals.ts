import { randomUUID } from 'node:crypto';
import { ReferralsProblem } from '../problem.ts';
import { withRetries } from '../retry.ts';
import type { Arrival, ResponseKind, Target } from './events.ts';

/** Variable with the function's name, which `grantRecordAction` sets. */
const FUNCTION_NAME = 'REFERRALS_RECORD_ACTION_FUNCTION';

/** As much of the SDK's `LambdaClient` as is needed. */
export interface LambdaInvoker {
  send(
    // biome-ignore lint/suspicious/noExplicitAny: the commands of each version of the SDK have other types
    command: any,
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ FunctionError?: string | undefined; Payload?: Uint8Array | undefined }>;
}

export interface BackendOptions {
  /**
   * Name or ARN of the function `record-backend-action`. By default from the variable
   * `REFERRALS_RECORD_ACTION_FUNCTION`, which `grantRecordAction` sets for functions of the app.
   */
  readonly functionName?: string | undefined;
  /**
   * The client of `@aws-sdk/client-lambda` to invoke it with. By default a new one, with region and credentials
   * from the environment.
   */
  readonly client?: LambdaInvoker | undefined;
}

/** The visitor whom it is about: a user of the user pool (their `sub`), or a session. */
export type Visitor =
  | { readonly userId: string; readonly session?: undefined }
  | { readonly session: string; readonly userId?: undefined };

interface CallOptions {
  /** Gives the call up, waits included. */
  readonly signal?: AbortSignal | undefined;
}

export type ActionOptions = Visitor &
  CallOptions & {
    /** One of your own objects, such as an order. */
    readonly target?: Target | undefined;
    /**
     * 1 to 255 characters that make the action happen once: for 24 hours, the same key of the same visitor gets the
     * first answer again. By default a new one for each call.
     */
    readonly idempotencyKey?: string | undefined;
  };

/** An action as the backend sees it. */
export interface RecordedAction {
  readonly id: string;
  /** The `firstCode` of the link that gets the credit. */
  readonly code: string;
  readonly action: string;
  readonly actionDisplay: string;
  readonly kind: ResponseKind;
  readonly first: boolean;
  readonly trusted: boolean;
  /** How the visitor arrived at the click that gets the credit. */
  readonly via: Arrival | null;
  readonly userId: string | null;
  readonly target: Target | null;
  readonly httpReferer: string | null;
  readonly campaign: Readonly<Record<string, string>> | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** The referral that an action of a visitor would credit, as the backend sees it. */
export interface Attribution {
  readonly code: string;
  readonly target: Target | null;
  readonly redirectTo: string;
  /** When the visitor arrived; ISO 8601, UTC. */
  readonly respondedAt: string;
  readonly via: Arrival | null;
  /** The link's owner. */
  readonly userId: string | null;
  readonly label: string | null;
}

export interface BackendReferrals {
  /**
   * Records a trusted action, and credits it to the referral that brought the visitor. It is safe to call for every
   * user.
   *
   * @param action any name of 1 to 128 characters, except `RESPONDED`.
   * @returns the action, or null if there is nobody to credit.
   * @throws ReferralsProblem `invalid_field` or `idempotency_mismatch` if the function refuses it, `unavailable` if
   *   the table can't be reached, `internal` if the function fails. Errors of the SDK come as they are.
   */
  record(action: string, options: ActionOptions): Promise<RecordedAction | null>;
  /**
   * Asks which referral an action of the visitor would credit.
   *
   * @returns the referral with its owner, or null.
   * @throws as `record`.
   */
  attribution(visitor: Visitor & CallOptions): Promise<Attribution | null>;
}

/**
 * Makes a client for the app's own functions and servers. It invokes the function `record-backend-action`, and needs
 * `@aws-sdk/client-lambda`, which Lambda's Node runtimes bring.
 *
 * @example
 * const referrals = createReferrals();
 * await referrals.record('PAID', { userId, idempotencyKey: order.id });
 */
export function createReferrals({
  functionName,
  client: given,
}: BackendOptions = {}): BackendReferrals {
  let client = given;

  async function invoke<Answer>(request: object, signal: AbortSignal | undefined): Promise<Answer> {
    const FunctionName = functionName ?? process.env[FUNCTION_NAME];
    if (!FunctionName) {
      throw new TypeError(
        `functionName must be the name of record-backend-action: grantRecordAction() puts it into ${FUNCTION_NAME}.`,
      );
    }
    // Only here, because whoever reads events does not need it.
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    client ??= new LambdaClient();
    const command = new InvokeCommand({
      FunctionName,
      Payload: new TextEncoder().encode(JSON.stringify(request)),
    });
    const { FunctionError, Payload } = await client.send(
      command,
      signal && { abortSignal: signal },
    );
    const answer = JSON.parse(new TextDecoder().decode(Payload));
    if (FunctionError === undefined) return answer;
    throw problemOf(answer);
  }

  // An action has one key for all attempts, and a question changes nothing.
  const ask = <Answer>(request: object, signal: AbortSignal | undefined): Promise<Answer> =>
    withRetries(() => invoke<Answer>(request, signal), isTemporary, signal);

  return {
    record: async (action, { signal, idempotencyKey = randomUUID(), ...request }) => {
      const { response } = await ask<{ response: RecordedAction | null }>(
        { ...request, action, idempotencyKey },
        signal,
      );
      return response;
    },
    attribution: async ({ signal, ...visitor }) => {
      const { referral } = await ask<{ referral: Attribution | null }>(
        { type: 'attribution', ...visitor },
        signal,
      );
      return referral;
    },
  };
}

/** Whether the function did not refuse the request, but was not able to handle it. */
const isTemporary = ({ code }: ReferralsProblem): boolean =>
  code === 'unavailable' || code === 'internal';

/** The problem in a function's error. The type of the service's own errors is their code. */
function problemOf({
  errorType = '',
  errorMessage = '',
}: {
  errorType?: string;
  errorMessage?: string;
}): ReferralsProblem {
  if (/^[a-z_]+$/.test(errorType)) return new ReferralsProblem(errorMessage, { code: errorType });
  const reason = [errorType, errorMessage].filter(Boolean).join(': ');
  return new ReferralsProblem(`The function failed: ${reason || 'it gave no reason'}`, {
    code: 'internal',
  });
}
