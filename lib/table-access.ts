import { tableShape } from '../functions/store/table-shape.ts';

const { claim, idempotency, open, owner, referral, visitor } = tableShape.prefixes;

/** What a function may do, and with which items: those whose partition key begins with one of the prefixes. */
export interface Access {
  readonly GetItem?: readonly string[];
  readonly PutItem?: readonly string[];
  readonly UpdateItem?: readonly string[];
  readonly DeleteItem?: readonly string[];
  readonly Query?: readonly string[];
  /** Queries of the index. */
  readonly QueryIndex?: readonly string[];
}

/** Any authenticated call that carries a session moves its responses. */
const link: Access = { GetItem: [visitor], PutItem: [visitor], Query: [visitor] };

/** Counts are a total, the hours since and the responses of those that are open. */
const count: Access = {
  ...link,
  GetItem: [visitor, referral],
  Query: [visitor, referral],
  QueryIndex: [referral],
};

const create: Access = {
  ...link,
  GetItem: [visitor, claim, referral],
  PutItem: [visitor, claim, referral],
};

/** Who puts a response may find that its referral needs more buckets. */
const record: Access = {
  GetItem: [visitor, referral],
  PutItem: [visitor, idempotency],
  UpdateItem: [referral],
  Query: [visitor],
};

const click: Access = { ...record, PutItem: [visitor] };

const signUp: Access = {
  ...create,
  PutItem: [visitor, claim, referral, idempotency],
  UpdateItem: [referral],
};

const createAndCount: Access = { ...create, Query: [visitor, referral], QueryIndex: [referral] };

/** What each function does with the table, and so all that it is allowed; a test compares the two. */
export const tableAccess: Readonly<Record<string, Access>> = {
  hit: click,
  'create-referral': createAndCount,
  'list-referrals': { ...count, QueryIndex: [owner, referral] },
  'get-referral': count,
  'get-stats': count,
  'list-referral-responses': { ...link, GetItem: [visitor, referral], QueryIndex: [referral] },
  'list-responses': { ...link, QueryIndex: [owner, referral] },
  'record-action': record,
  'record-backend-action': record,
  'get-attribution': count,
  'link-session': link,
  'get-my-referral': createAndCount,
  'confirm-sign-up': signUp,
  'retry-sign-up': signUp,
  'store-click': click,
  'consume-stream': { PutItem: [referral] },
  'close-hours': {
    GetItem: [referral],
    PutItem: [referral],
    DeleteItem: [referral],
    QueryIndex: [open, referral],
  },
};
