/** The stable `code` of every error a caller can meet; clients may branch on it, so a code is never renamed. */
export type ErrorCode =
  | 'body_too_large'
  | 'code_taken'
  | 'hook_failed'
  | 'idempotency_mismatch'
  | 'invalid_cursor'
  | 'invalid_field'
  | 'invalid_header'
  | 'invalid_limit'
  | 'invalid_query'
  | 'invalid_redirect'
  | 'invalid_session'
  | 'malformed_json'
  | 'unauthorized'
  | 'unavailable'
  | 'unknown_code';

/**
 * An error that the caller can understand and act on. Everything else that is thrown is a fault of ours.
 *
 * @example throw new ReferralsError('unknown_code', 'There is no referral with this code.', { field: 'code' });
 */
export class ReferralsError extends Error {
  readonly code: ErrorCode;
  /** The body field, query parameter or header that is wrong, in the caller's own spelling. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, detail: string, options: { field?: string; cause?: unknown } = {}) {
    super(detail, { cause: options.cause });
    this.name = 'ReferralsError';
    this.code = code;
    this.field = options.field;
  }
}

/** Unknown, malformed and somebody else's all look the same. */
export const unknownCode = () =>
  new ReferralsError('unknown_code', 'There is no referral with this code.', { field: 'code' });

/** For what passes by itself, cause included. */
export const unavailable = (cause?: unknown) =>
  new ReferralsError('unavailable', 'The service is busy. Try again in a moment.', { cause });

export const isUnavailable = (error: unknown): error is ReferralsError =>
  error instanceof ReferralsError && error.code === 'unavailable';
