import type { StoreMethod } from '../core/services.ts';
import { tableShape } from './table-shape.ts';

const { claim, counted, handoff, idempotency, key, open, owner, referral, visitor } =
  tableShape.prefixes;

/** Operations on the table, each with the partition key prefixes that it is allowed on. */
export interface TableRights {
  readonly GetItem?: readonly string[];
  readonly PutItem?: readonly string[];
  readonly UpdateItem?: readonly string[];
  readonly DeleteItem?: readonly string[];
  readonly Query?: readonly string[];
  /** Queries of the index. */
  readonly QueryIndex?: readonly string[];
  readonly PartiQLSelect?: readonly string[];
  /** Statements on the index. */
  readonly PartiQLSelectIndex?: readonly string[];
}

const operations = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'QueryIndex',
  'PartiQLSelect',
  'PartiQLSelectIndex',
] as const satisfies readonly (keyof TableRights)[];

/** The store's methods that functions may call; operators scan the table with their own credentials. */
export type FunctionStoreMethod = Exclude<StoreMethod, 'everyReferral'>;

/** The rights that each store method needs. */
const rights: Readonly<Record<FunctionStoreMethod, TableRights>> = {
  findReferral: { GetItem: [referral] },
  readClaim: { GetItem: [claim, referral] },
  createReferral: { PutItem: [claim, referral] },
  createOwnedReferral: { PutItem: [claim, referral], UpdateItem: [owner] },
  // A new alias is an item of its own.
  editReferral: { PutItem: [claim, referral], UpdateItem: [referral, owner] },
  markSignedUp: { UpdateItem: [referral] },
  listReferrals: { QueryIndex: [owner] },
  allReferrals: { QueryIndex: [owner] },
  // Putting a response may double the buckets of its referral.
  putResponse: { PutItem: [visitor], UpdateItem: [referral] },
  putResponseOnce: {
    GetItem: [idempotency],
    PutItem: [visitor, idempotency],
    UpdateItem: [referral],
  },
  listResponses: { QueryIndex: [referral] },
  responsesBetween: { QueryIndex: [referral] },
  responsesOf: { Query: [visitor] },
  standingOf: { Query: [visitor] },
  findSessionUser: { GetItem: [visitor] },
  claimSession: { PutItem: [visitor] },
  settleSession: { PutItem: [visitor] },
  linkResponses: { Query: [visitor], UpdateItem: [visitor], PutItem: [visitor] },
  readKeys: { Query: [key] },
  createKey: { PutItem: [key] },
  claimHandoff: { PutItem: [handoff] },
  openHour: { PutItem: [referral] },
  reopenHour: { PutItem: [referral] },
  openHours: { Query: [referral] },
  dueHours: { QueryIndex: [open] },
  readCounts: { Query: [referral] },
  readAllCounts: { PartiQLSelect: [referral] },
  responsesSince: { PartiQLSelectIndex: [referral] },
  closeHours: { PutItem: [referral], DeleteItem: [referral] },
  halveBuckets: { UpdateItem: [referral] },
  saveProgress: { PutItem: [referral] },
  putVisitors: { PutItem: [counted] },
  readVisitors: { GetItem: [counted] },
  readTotal: { GetItem: [referral] },
  replaceTotal: { PutItem: [referral] },
  closedHours: { Query: [referral] },
};

/** The rights that store methods need together. */
export function rightsOf(methods: readonly FunctionStoreMethod[]): TableRights {
  const union = operations.map((operation): [string, string[]] => {
    const prefixes = methods.flatMap((method) => rights[method][operation] ?? []);
    return [operation, [...new Set(prefixes)].sort()];
  });
  return Object.fromEntries(union.filter(([, prefixes]) => prefixes.length > 0));
}
