/**
 * The table as plain data: the stack, the local server and the store all read it here.
 *
 * There is one table with one index. `keys.ts` explains the keys.
 */
export const tableShape = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds, see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
  timeToLiveAttribute: 'ttl',
  index: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
  /** Prefixes of the partition keys of each kind of item, in the table and the index. */
  prefixes: {
    referral: 'REFERRAL#',
    claim: 'CLAIM#',
    visitor: 'VISITOR#',
    idempotency: 'IDEMPOTENCY#',
    owner: 'OWNER#',
    open: 'OPEN#',
    counted: 'COUNTED#',
    key: 'KEY#',
    handoff: 'HANDOFF#',
  },
  /** Prefixes of sort keys that other files need. */
  sortKeys: { referral: 'REFERRAL', response: 'RESPONSE#' },
} as const;
