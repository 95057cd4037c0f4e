import { tableShape } from '../functions/store/table-shape.ts';

const { claim, idempotency, owner, referral, visitor } = tableShape.prefixes;

/** What a function may do, and with which items: those whose partition key begins with one of the prefixes. */
export interface Access {
  readonly GetItem?: readonly string[];
  readonly PutItem?: readonly string[];
  readonly DeleteItem?: readonly string[];
  readonly Query?: readonly string[];
  /** Queries of the index. */
  readonly QueryIndex?: readonly string[];
}

/** Any authenticated call that carries a session moves its responses. */
const link: Access = {
  GetItem: [visitor],
  PutItem: [visitor],
  DeleteItem: [visitor],
  Query: [visitor],
};
const create: Access = {
  ...link,
  GetItem: [visitor, claim, referral],
  PutItem: [visitor, claim, referral],
};
const record: Access = {
  ...link,
  GetItem: [visitor, referral],
  PutItem: [visitor, idempotency],
};

const signUp: Access = { ...create, PutItem: [visitor, claim, referral, idempotency] };

/** What each function does with the table, and so all that it is allowed; a test compares the two. */
export const tableAccess: Readonly<Record<string, Access>> = {
  hit: { GetItem: [visitor, referral], PutItem: [visitor], Query: [visitor] },
  'create-referral': { ...create, QueryIndex: [referral] },
  'list-referrals': { ...link, QueryIndex: [owner, referral] },
  'get-referral': { ...link, GetItem: [visitor, referral], QueryIndex: [referral] },
  'list-referral-responses': { ...link, GetItem: [visitor, referral], QueryIndex: [referral] },
  'list-responses': { ...link, QueryIndex: [owner, referral] },
  'record-action': record,
  'record-action-directly': {
    GetItem: [visitor, referral],
    PutItem: [visitor, idempotency],
    Query: [visitor],
  },
  'get-attribution': { ...link, GetItem: [visitor, referral], QueryIndex: [referral] },
  'link-session': link,
  'get-my-referral': { ...create, QueryIndex: [referral] },
  'confirm-sign-up': signUp,
  'retry-sign-up': signUp,
};
