/** The `code` of every error that a caller can get. Clients may branch on it, so codes are never renamed. */
export type ErrorCode =
  | 'body_too_large'
  | 'code_taken'
  | 'forbidden'
  | 'hook_failed'
  | 'idempotency_mismatch'
  | 'invalid_cursor'
  | 'invalid_field'
  | 'invalid_handoff'
  | 'invalid_header'
  | 'invalid_limit'
  | 'invalid_query'
  | 'invalid_redirect'
  | 'invalid_session'
  | 'malformed_json'
  | 'referral_exists'
  | 'too_many_changes'
  | 'too_many_referrals'
  | 'unauthorized'
  | 'unavailable'
  | 'unknown_code';

interface ErrorOptions {
  readonly field?: string;
  readonly suggestion?: string | undefined;
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/**
 * An error that the caller can understand and act on. All other errors are our own faults.
 *
 * @example throw new ReferralsError('unknown_code', 'There is no referral with this code.', { field: 'code' });
 */
export class ReferralsError extends Error {
  readonly code: ErrorCode;
  /** The wrong body field, query parameter or header, in the caller's own spelling. */
  readonly field: string | undefined;

  /** A value for the field that would be accepted. */
  readonly suggestion: string | undefined;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'ReferralsError';
    this.code = code;
    this.field = options.field;
    this.suggestion = options.suggestion;
    this.retryAfter = options.retryAfter;
  }
}

/** Unknown codes, malformed codes and codes of other users all get the same error. */
export const unknownCode = () =>
  new ReferralsError('unknown_code', 'There is no referral with this code.', { field: 'code' });

/** For temporary failures, with their cause. */
export const unavailable = (cause?: unknown) =>
  new ReferralsError('unavailable', 'The service is busy. Try again in a moment.', { cause });

export const isUnavailable = (error: unknown): error is ReferralsError =>
  error instanceof ReferralsError && error.code === 'unavailable';
