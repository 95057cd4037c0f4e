/**
 * The table as plain data: the stack, the local server and the store all read it here.
 *
 * One table and one index; `keys.ts` says what lies under which key.
 */
export const tableShape = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds, see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
  timeToLiveAttribute: 'ttl',
  index: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
  /** What the partition keys of each kind of item begin with; those of the index too. */
  prefixes: {
    referral: 'REFERRAL#',
    claim: 'CLAIM#',
    visitor: 'VISITOR#',
    idempotency: 'IDEMPOTENCY#',
    owner: 'OWNER#',
    open: 'OPEN#',
  },
  /** What the sort keys of items that others ask for begin with. */
  sortKeys: { referral: 'REFERRAL', response: 'RESPONSE#' },
} as const;
