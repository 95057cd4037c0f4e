import QuickLRU from 'quick-lru';
import type { Referral } from '../core/referral.ts';
import type { Services } from '../core/services.ts';
import type { Store } from '../core/store.ts';

// Milliseconds to remember a referral, or that there is none.
const FOUND = 60_000;
const MISSING = 5_000;

/** The last result, and the lookup in progress. */
interface Memory {
  readonly referral?: Referral | undefined;
  readonly until: number;
  readonly pending?: Promise<Referral | undefined>;
}

/**
 * Finds referrals and remembers them for a minute. If the table can't be read, it returns the last known
 * referral.
 */
export function rememberReferrals({
  findReferral,
}: Pick<Store, 'findReferral'>): Services['findRecentReferral'] {
  const memories = new QuickLRU<string, Memory>({ maxSize: 1000 });

  const remember = (code: string, referral: Referral | undefined, lifetime: number) => {
    memories.set(code, { referral, until: performance.now() + lifetime });
    return referral;
  };

  return async (code) => {
    const last = memories.get(code);
    if (last?.pending !== undefined) return last.pending;
    if (last !== undefined && performance.now() < last.until) return last.referral;
    const pending = findReferral(code).then(
      (referral) => remember(code, referral, referral === undefined ? MISSING : FOUND),
      (error) => {
        memories.delete(code);
        if (last?.referral === undefined) throw error;
        return remember(code, last.referral, MISSING);
      },
    );
    memories.set(code, { ...last, until: 0, pending });
    return pending;
  };
}
