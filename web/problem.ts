/** What is known of a problem besides its sentence. */
interface ProblemOptions {
  readonly code: string;
  readonly status?: number | undefined;
  readonly field?: string | undefined;
  readonly suggestion?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A call that did not succeed: the service refused it, was not able to do it, or could not be reached. Branch on
 * `code`.
 *
 * @example
 * try {
 *   await referrals.create({ redirectTo: '/welcome', code: 'ada-lovelace' });
 * } catch (error) {
 *   if (error instanceof ReferralsProblem && error.code === 'code_taken') offer(error.suggestion);
 *   else throw error;
 * }
 */
export class ReferralsProblem extends Error {
  /**
   * One of the codes in the package's `docs/api.md`, which never change, or one of the gateway's and our own:
   * `not_found` and `too_many_requests` from the gateway, `unexpected_answer` if something else answered than the
   * service, `unreachable` if nothing did.
   */
  readonly code: string;
  /** One sentence for developers, as `message`. */
  readonly detail: string;
  /** The HTTP status; undefined if there was no answer. */
  readonly status: number | undefined;
  /** The wrong field, query parameter or header, if one is wrong. */
  readonly field: string | undefined;
  /** A value for the field that was free a moment ago. */
  readonly suggestion: string | undefined;
  /** Seconds after which the same call may succeed, if the service said so. */
  readonly retryAfter: number | undefined;

  constructor(detail: string, { cause, ...options }: ProblemOptions) {
    super(detail, { cause });
    this.name = 'ReferralsProblem';
    this.detail = detail;
    this.code = options.code;
    this.status = options.status;
    this.field = options.field;
    this.suggestion = options.suggestion;
    this.retryAfter = options.retryAfter;
  }
}
