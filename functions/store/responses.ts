import { decodeTime } from 'ulid';
import type { CountedResponse } from '../core/counts.ts';
import { ReferralsError } from '../core/errors.ts';
import type { Referral } from '../core/referral.ts';
import type { Response } from '../core/response.ts';
import type { Store } from '../core/store.ts';
import type { Visitor } from '../core/visitor.ts';
import type { BucketGrower } from './buckets.ts';
import type { Table } from './client.ts';
import { firstIdOf, responseKey, responsePartitionOf, responsePartitions } from './keys.ts';
import { IS_UNLINKED, type Item, queryItems, responsesOfVisitor } from './query.ts';
import { type ClickTable, ConditionFailed } from './table.ts';
import { tableShape } from './table-shape.ts';
import { entityOf, newestFirst } from './timeline.ts';

type ResponseWriter = Pick<Store, 'putResponse' | 'standingOf'>;
type ResponseStore = ResponseWriter &
  Pick<Store, 'listResponses' | 'responsesBetween' | 'responsesOf'>;

/** The item of a response. Its key is the visitor in the table, and the referral in the index. */
export const responseItem = (
  response: Response,
  { code, buckets }: Referral,
  { retention }: ClickTable,
) => ({
  ...(retention && { ttl: Math.floor(Date.parse(response.createdAt) / 1000) + retention }),
  ...responseKey(visitorOf(response), response.id),
  gsi1pk: responsePartitionOf(code, response.id, buckets),
  gsi1sk: response.id,
  ...response,
});

/** Responses of a visitor that one read looks at: 100 clicks are about 50 KB, or 13 read units. */
const MOST_RESPONSES = 100;

/**
 * Index partitions that one list may ask. A query takes about 0.7 ms of a core, and a function of 512 MB has 0.29 of
 * one, so these take about five of its ten seconds, see
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MOST_PARTITIONS = 2_000;

/** Sorts after every ULID. */
const LAST_ID = 'Z';

/** Puts responses, and tells whether there was one before. */
export function responseWriter(table: ClickTable, spread: BucketGrower): ResponseWriter {
  const { call, name } = table;

  /** Keeps an existing item: an earlier try put it there, and it may have been linked since. */
  const putOnce = async (item: Record<string, unknown>) => {
    try {
      await call('PutItem', {
        TableName: name,
        Item: item,
        ConditionExpression: 'attribute_not_exists(pk)',
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  };

  return {
    async putResponse(response, referral) {
      await spread(referral, (current) => putOnce(responseItem(response, current, table)));
    },

    async standingOf(visitor, code, except) {
      const { Items = [], LastEvaluatedKey } = await call('Query', {
        TableName: name,
        ...responsesOfVisitor(visitor),
        ProjectionExpression: 'code, id, userId',
        ScanIndexForward: false,
        Limit: MOST_RESPONSES,
      });
      const isKnown = Items.some(
        (item) => item.code === code && item.id !== except && isOf(visitor, item),
      );
      // If there are more responses than were read, one of them may be to this referral.
      if (LastEvaluatedKey !== undefined) return isKnown ? 'full' : 'returning';
      return isKnown ? 'returning' : 'new';
    },
  };
}

/** Responses by visitor and by referral. */
export function responseStore(table: Table, spread: BucketGrower): ResponseStore {
  return {
    ...responseWriter(table, spread),

    async listResponses(referrals, page) {
      const partitions = referrals.flatMap((referral) => responsePartitions(referral));
      if (partitions.length > MOST_PARTITIONS) throw tooMuchToMerge();
      return newestFirst<Response>(table, partitions, page);
    },

    responsesBetween: (referral, from, to, limit) =>
      responsesBetween(table, referral, { from, to, limit }),

    async *responsesOf(visitor, order) {
      // Most callers stop at the first response.
      const input = {
        ...responsesOfVisitor(visitor),
        ...('session' in visitor && { FilterExpression: IS_UNLINKED }),
        ScanIndexForward: order === 'oldest',
        Limit: 10,
      };
      for await (const item of queryItems(table, input)) yield entityOf<Response>(item);
    },
  };
}

const tooMuchToMerge = () =>
  new ReferralsError(
    'too_many_referrals',
    'There are too many links, or too busy ones, to list their responses together. List those of each link.',
  );

/** Whether a response in a visitor's partition counts as theirs. A session's linked ones are its user's. */
const isOf = (visitor: Visitor, { userId }: Record<string, unknown>): boolean =>
  'userId' in visitor || userId === undefined;

/** A range of epoch milliseconds, and about the number of responses to read at most. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Responses of a range that come before `until`. */
interface Slice {
  readonly responses: CountedResponse[];
  readonly until: number;
}

/** The part of an index partition that was read. */
interface PartRead {
  readonly partition: string;
  readonly responses: CountedResponse[];
  /** Where to go on; undefined at the end of the range. */
  next: Item | undefined;
  isOver: boolean;
}

async function responsesBetween(
  table: ClickTable,
  referral: Referral,
  range: Range,
): Promise<Slice> {
  const { from, to, limit } = range;
  const parts = responsePartitions(referral, from).map(
    (partition): PartRead => ({ partition, responses: [], next: undefined, isOver: false }),
  );
  let open = parts;
  // Partitions that have few responses leave their share to the others.
  for (let left = limit; open.length > 0 && left > 0; ) {
    const share = Math.ceil(left / open.length);
    await Promise.all(open.map((part) => readOn(table, part, range, share)));
    left = limit - parts.reduce((sum, { responses }) => sum + responses.length, 0);
    open = parts.filter(({ isOver }) => !isOver);
  }
  const until = Math.min(to, ...open.map(({ responses }) => timeOf(responses.at(-1), from)));
  // So many have come within a millisecond.
  if (until <= from) return responsesBetween(table, referral, { ...range, limit: 2 * limit });
  const responses = parts
    .flatMap((part) => part.responses)
    .filter(({ id }) => decodeTime(id) < until)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { responses, until };
}

const timeOf = (response: CountedResponse | undefined, otherwise: number): number =>
  response === undefined ? otherwise : decodeTime(response.id);

/** Reads up to so many further responses of a partition. */
async function readOn(
  { call, name }: ClickTable,
  part: PartRead,
  { from, to }: Range,
  count: number,
): Promise<void> {
  const { Items = [], LastEvaluatedKey } = await call('Query', {
    TableName: name,
    IndexName: tableShape.index.name,
    KeyConditionExpression: 'gsi1pk = :partition AND gsi1sk BETWEEN :first AND :last',
    ProjectionExpression: 'id, #action, kind, #first, trusted, fingerprint, ipHash',
    ExpressionAttributeNames: { '#action': 'action', '#first': 'first' },
    ExpressionAttributeValues: {
      ':partition': part.partition,
      ':first': firstIdOf(from),
      ':last': to === Number.POSITIVE_INFINITY ? LAST_ID : firstIdOf(to),
    },
    Limit: count,
    ExclusiveStartKey: part.next,
  });
  part.responses.push(...(Items as CountedResponse[]));
  part.next = LastEvaluatedKey;
  part.isOver = LastEvaluatedKey === undefined;
}

function visitorOf({ userId, session }: Response): Visitor {
  if (userId !== undefined) return { userId };
  if (session !== undefined) return { session };
  throw new TypeError('A response without a visitor has no key in the table.');
}
