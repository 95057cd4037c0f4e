import type { Store } from '../core/store.ts';
import { bucketGrower, bucketHalver } from './buckets.ts';
import type { Table } from './client.ts';
import { keyStore } from './deployment-keys.ts';
import { hourStore } from './hours.ts';
import { idempotencyStore } from './idempotency.ts';
import { referralStore } from './referrals.ts';
import { responseStore } from './responses.ts';
import { sessionStore } from './sessions.ts';
import { severalReferrals } from './several-referrals.ts';

/** The domain's store on a DynamoDB table. */
export function createStore(table: Table): Store {
  const spread = bucketGrower(table);
  return {
    ...referralStore(table),
    ...responseStore(table, spread),
    ...sessionStore(table),
    ...idempotencyStore(table, spread),
    ...hourStore(table),
    ...bucketHalver(table),
    ...severalReferrals(table),
    ...keyStore(table),
  };
}
