import { requireCodeChoice, spelled } from './codes.ts';
import { ReferralsError } from './errors.ts';
import { resolveRedirect } from './redirect.ts';
import type { Using } from './services.ts';

/** Services to check the data of a referral. */
export type CheckingServices = Using<never, 'now', 'appUrl' | 'redirectOrigins' | 'code'>;

/** Data of a referral from outside. */
interface GivenData {
  readonly redirectTo?: string;
  readonly expiresAt?: string | null;
  readonly code?: string;
}

/**
 * Checks data for a new or edited referral.
 *
 * @returns the absolute URL of the destination, and the code as it is spelled; without what is not given.
 * @throws ReferralsError `invalid_redirect` if the destination leaves the allowed hosts, `invalid_field` if
 *   `expiresAt` has passed or if codes can't be chosen.
 */
export function checkedData(
  { now, settings }: CheckingServices,
  { redirectTo, expiresAt, code }: GivenData,
): { readonly redirectTo?: string; readonly code?: string } {
  const destination = redirectTo === undefined ? undefined : resolveRedirect(redirectTo, settings);
  if (redirectTo !== undefined && destination === undefined) {
    throw new ReferralsError(
      'invalid_redirect',
      `redirectTo must be a path such as /welcome, or a URL on one of: ${settings.redirectOrigins.join(', ')}.`,
      { field: 'redirectTo' },
    );
  }
  if (typeof expiresAt === 'string' && new Date(expiresAt) <= now()) {
    throw new ReferralsError('invalid_field', 'expiresAt must be in the future.', {
      field: 'expiresAt',
    });
  }
  if (code !== undefined) requireCodeChoice(settings);
  return {
    ...(destination !== undefined && { redirectTo: destination }),
    ...(code !== undefined && { code: spelled(code, settings) }),
  };
}
