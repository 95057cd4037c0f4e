import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { idempotencyStore } from './idempotency.ts';
import { referralStore } from './referrals.ts';
import { responseStore } from './responses.ts';
import { sessionStore } from './sessions.ts';

/** The domain's store on a DynamoDB table. */
export const createStore = (table: Table): Store => ({
  ...referralStore(table),
  ...responseStore(table),
  ...sessionStore(table),
  ...idempotencyStore(table),
});
