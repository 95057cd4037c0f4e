import type { ClickStore } from '../core/click.ts';
import { bucketGrower } from './buckets.ts';
import { keyStore } from './deployment-keys.ts';
import { referralFinder } from './referral-finder.ts';
import { responseWriter } from './responses.ts';
import { sessionFinder } from './session-finder.ts';
import type { ClickTable } from './table.ts';

/** The part of the store that a click needs. */
export const createClickStore = (table: ClickTable): ClickStore => ({
  ...referralFinder(table),
  ...responseWriter(table, bucketGrower(table)),
  ...sessionFinder(table),
  ...keyStore(table),
});
