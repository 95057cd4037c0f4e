import pMap from 'p-map';
import { ReferralsError } from '../../functions/core/errors.ts';
import { type Difference, recount, repair } from '../../functions/core/recount.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { Refusal, reasonOf, refusalOf } from '../refusal.ts';
import type { TableServices } from '../services.ts';

/** Referrals to count at once. */
const CONCURRENCY = 10;

export interface Recount {
  readonly services: TableServices;
  readonly tableName: string;
  /** Codes of the referrals to count; empty for all of the table. */
  readonly codes: readonly string[];
  /** Whether to repair differences. */
  readonly repairing: boolean;
  /** Called after each referral, with the number so far. */
  readonly onProgress: (referrals: number) => void;
}

export interface Recounted {
  readonly referrals: number;
  readonly differences: readonly Difference[];
}

/**
 * Recounts referrals from their responses. It can be repeated.
 *
 * @throws Refusal if that can't be done.
 */
export async function recountAll(options: Recount): Promise<Recounted> {
  const { services, tableName, repairing, onProgress } = options;
  const differences: Difference[] = [];
  let referrals = 0;
  const count = async (referral: Referral) => {
    const found = await recount(services, referral);
    differences.push(...found);
    for (const difference of repairing ? found : []) await repair(services, difference);
    referrals += 1;
    onProgress(referrals);
  };
  try {
    await pMap(referralsOf(options), count, { concurrency: CONCURRENCY });
  } catch (error) {
    throw tableRefusal(error, tableName);
  }
  if (referrals === 0) {
    throw new Refusal(`--table-name: there are no referrals in the table ${tableName}.`);
  }
  return { referrals, differences };
}

async function* referralsOf({ services, tableName, codes }: Recount): AsyncGenerator<Referral> {
  if (codes.length === 0) return yield* services.store.everyReferral();
  for (const code of codes) {
    const referral = await services.store.findReferral(code);
    if (referral === undefined) {
      throw new Refusal(`--code: there is no referral ${code} in the table ${tableName}.`);
    }
    yield referral;
  }
}

function tableRefusal(error: unknown, tableName: string): unknown {
  const resource = `table ${tableName}`;
  const subject = { service: 'DynamoDB', resource, option: '--table-name' } as const;
  const isBusy = error instanceof ReferralsError;
  return (
    refusalOf(error, subject) ??
    (isBusy ? new Refusal(`DynamoDB: ${reasonOf(error)} Run it again in a moment.`) : error)
  );
}
