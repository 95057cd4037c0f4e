import { isDeepStrictEqual } from 'node:util';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { decodeTime } from 'ulid';
import { countReferral } from '../../functions/core/counting.ts';
import {
  actionCountNames,
  type Counts,
  countNames,
  newTally,
  tally,
} from '../../functions/core/counts.ts';
import { hourOf } from '../../functions/core/hours.ts';
import { recount } from '../../functions/core/recount.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { type Response, SIGNED_UP } from '../../functions/core/response.ts';
import { tableShape } from '../../functions/store/table-shape.ts';
import type { Domain } from '../integration/domain.ts';

/** Observations from outside. The referer identifies a click, whatever its stored id. */
export interface Evidence {
  /** Clicks that were answered with a redirect. */
  readonly answered?: Iterable<string>;
  /** All clicks that were sent. */
  readonly issued?: ReadonlySet<string>;
  /** Each published event as `<type> <id>`. */
  readonly published?: ReadonlySet<string>;
}

/**
 * The broken promises of a table, in sentences. The promises are: every answered click is stored, every
 * stored click was sent, an id has one row, a linked one has one copy like it, a click has one id, the counts of a
 * referral match its rows, and so do its closed hours and totals, a user signs up once, and every stored response
 * was published.
 */
export async function violations(domain: Domain, evidence: Evidence = {}): Promise<string[]> {
  const { referrals, responses, copies } = await readTable(domain);
  const wrong: string[] = [];

  for (const [id, rows] of Map.groupBy(responses, ({ id }) => id)) {
    if (rows.length > 1) wrong.push(`${rows.length} rows have the id ${id}.`);
  }
  const linked = responses.filter(({ session, userId }) => session && userId);
  const [contents, copied] = [linked, copies].map((rows) =>
    rows.map(withoutKeys).sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  if (!isDeepStrictEqual(contents, copied)) {
    wrong.push(`The ${copies.length} copies are not those of the ${linked.length} linked rows.`);
  }
  const stored = Map.groupBy(
    responses.filter(({ httpReferer }) => httpReferer !== undefined),
    ({ httpReferer }) => httpReferer as string,
  );
  for (const [click, rows] of stored) {
    if (rows.length > 1) wrong.push(`The click ${click} is stored ${rows.length} times.`);
    if (evidence.issued?.has(click) === false) wrong.push(`The click ${click} was never issued.`);
  }
  for (const click of evidence.answered ?? []) {
    if (!stored.has(click)) wrong.push(`The click ${click} was answered and is not stored.`);
  }
  const signUps = responses.filter(({ action }) => action === SIGNED_UP);
  for (const [userId, rows] of Map.groupBy(signUps, ({ userId }) => userId)) {
    if (rows.length > 1) wrong.push(`The user ${userId} signed up ${rows.length} times.`);
  }
  for (const { id, userId, session } of evidence.published ? responses : []) {
    const isLinked = userId !== undefined && session !== undefined;
    const types = ['ResponseRecorded', ...(isLinked ? ['UserLinkedToResponse'] : [])];
    for (const type of types) {
      if (!evidence.published?.has(`${type} ${id}`)) wrong.push(`No ${type} tells of ${id}.`);
    }
  }

  for (const referral of referrals) {
    const { countedUntil, ...answered } = await countReferral(domain, referral);
    // An answer may leave out the latest of very many.
    const isWhole = countedUntil >= domain.now().getTime();
    const counted = countsOf(
      responses.filter(
        ({ code, id }) => code === referral.code && (isWhole || decodeTime(id) < countedUntil),
      ),
    );
    if (numbers(answered) !== numbers(counted)) {
      wrong.push(`${referral.code} has ${numbers(counted)} and answers ${numbers(answered)}.`);
    }
    for (const { hour, expected, found } of await recount(domain, referral)) {
      const where = `${hour ?? 'The total'} of ${referral.code}`;
      wrong.push(`${where} holds ${numbers(found)} instead of ${numbers(expected)}.`);
    }
  }
  return wrong;
}

/** The counts of a referral's rows. Visitors are counted in another way than the service does it. */
export function countsOf(rows: readonly Response[]): Counts {
  const counted = newTally();
  for (const row of rows) tally(counted, row);
  counted.uniqueVisitors = 0;
  const firsts = rows.filter(({ kind, first }) => kind === 'human' && first);
  const ofIps = Map.groupBy(firsts, (row) => `${hourOf(row.id)} ${row.ipHash ?? row.id}`);
  for (const ofIp of ofIps.values()) {
    const visitors = new Set(ofIp.map(({ fingerprint, id }) => fingerprint ?? id)).size;
    counted.uniqueVisitors += Math.min(visitors, 20);
    counted.suspicious += Math.max(visitors - 20, 0);
  }
  return counted;
}

const numbers = (counts: Counts): string =>
  [
    ...countNames.map((name) => [name, counts[name]] as const),
    ...actionCountNames.flatMap((actions) =>
      [...counts[actions]]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, count]) => [`${actions}.${name}`, count] as const),
    ),
  ]
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'nothing';

const withoutKeys = (row: Response) => {
  const { pk, sk, gsi1pk, gsi1sk, ...content } = row as Response & Record<string, unknown>;
  return content as unknown as Response;
};

/** Reads every referral and every response of the table, and the copies of linked responses. */
export async function readTable({ table }: Domain) {
  const referrals: Referral[] = [];
  const responses: Response[] = [];
  const copies: Response[] = [];
  const pages = paginateScan(
    { client: table.client },
    { TableName: table.name, ConsistentRead: true },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      if (item.sk === 'REFERRAL') referrals.push(item as unknown as Referral);
      if (!item.sk.startsWith('RESPONSE#')) continue;
      // The copy for a user is not in the index.
      const isCopy = item[tableShape.index.partitionKey] === undefined;
      (isCopy ? copies : responses).push(item as unknown as Response);
    }
  }
  return { referrals, responses, copies };
}
