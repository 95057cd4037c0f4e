import type { ClickStore } from '../core/click.ts';
import type { Store } from '../core/store.ts';
import { bucketGrower } from './buckets.ts';
import type { Table } from './client.ts';
import { hourStore } from './hours.ts';
import { idempotencyStore } from './idempotency.ts';
import { referralFinder, referralStore } from './referrals.ts';
import { responseStore, responseWriter } from './responses.ts';
import { sessionFinder, sessionStore } from './sessions.ts';

/** The domain's store on a DynamoDB table. */
export function createStore(table: Table): Store {
  const spread = bucketGrower(table);
  return {
    ...referralStore(table),
    ...responseStore(table, spread),
    ...sessionStore(table),
    ...idempotencyStore(table, spread),
    ...hourStore(table),
  };
}

/** The part of the store that a click needs, so that nobody waits for other parts to load. */
export const createClickStore = (table: Table): ClickStore => ({
  ...referralFinder(table),
  ...responseWriter(table, bucketGrower(table)),
  ...sessionFinder(table),
});
