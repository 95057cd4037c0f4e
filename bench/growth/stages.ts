import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import {
  type AttributeValue,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { monotonicFactory } from 'ulid';
import { openHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { newTally, sum, type Tally, tally } from '../../functions/core/counts.ts';
import { hourAt, quarterOf, sumOf } from '../../functions/core/hours.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { ownerPartition, referralKey } from '../../functions/store/keys.ts';
import { type Database, type Services, startEmbedded } from '../database.ts';
import { TABLE } from '../instance.ts';
import { clickItem, newClick, newReferral, type Scene } from '../scene.ts';

const DYNOXIDE = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;

const HOUR = 3_600_000;

/** The clicks are spread over thirty days. */
const HOURS = 30 * 24;

export interface Size {
  readonly name: string;
  /** Clicks on one link. */
  readonly clicks: number;
  /** Other links. */
  readonly links: number;
}

/** A table of some size, and a link in it. */
export interface Stage {
  readonly size: Size;
  readonly database: Database;
  readonly scene: Scene;
}

/** Makes a table of some size. The hours of its clicks are over and closed. */
export async function setStage(directory: string, size: Size): Promise<Stage> {
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const userId = randomUUID();
  const referral = newReferral(userId, new Date(end - HOURS * HOUR));
  const counted = new Map<number, Tally>();
  const table = await describeTable(directory);
  const database = await startEmbedded(directory, (path) =>
    importItems(path, table, items(size, referral, end, counted)),
  );
  const { services } = database;
  await closeHours(services, referral, counted);
  const { clicks } = await countReferral(services, referral);
  if (clicks !== size.clicks) throw new Error(`Only ${clicks} clicks of ${size.name} are counted.`);
  const scene = { userId, referral, session: services.newSession(), clicks: [] };
  return { size, database, scene };
}

/** Gives the items of the table, and counts the clicks in each quarter of an hour. */
function* items(size: Size, referral: Referral, end: number, counted: Map<number, Tally>) {
  const newId = monotonicFactory();
  yield referralItem(referral);
  for (let n = 0; n < size.links; n++) {
    // Each owner has ten.
    const owner = `owner-${Math.floor(n / 10)}`;
    const at = Date.parse(referral.createdAt);
    yield referralItem(newReferral(owner, new Date(at), newId(at)));
  }
  for (let n = 0; n < size.clicks; n++) {
    const at = end - Math.ceil((HOURS * HOUR * (size.clicks - n)) / size.clicks);
    const session = randomBytes(16).toString('base64url');
    const click = newClick(referral, session, new Date(at), newId(at));
    const quarter = counted.get(quarterOf(at)) ?? newTally();
    counted.set(quarterOf(at), quarter);
    tally(quarter, click);
    yield clickItem(click, referral);
  }
}

/** The item of a link, as `store/referrals.ts` puts it. */
const referralItem = (referral: Referral) =>
  marshall({
    ...referralKey(referral.code),
    gsi1pk: ownerPartition(referral.userId ?? ''),
    gsi1sk: referral.id,
    ...referral,
  });

/** Describes an empty table. */
async function describeTable(directory: string): Promise<string> {
  const { endpoint, stop } = await startEmbedded(directory);
  const client = new DynamoDBClient({ endpoint });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE }));
  client.destroy();
  await stop();
  return JSON.stringify([{ Table }]);
}

/** Makes a database file from items, ten times as fast as by writes. */
async function importItems(
  directory: string,
  table: string,
  items: Iterable<Record<string, AttributeValue>>,
): Promise<void> {
  // The same layout as DynamoDB's export to S3.
  const data = join(directory, 'export', TABLE, 'data');
  await mkdir(data, { recursive: true });
  await writeFile(join(directory, 'schema.json'), table);
  const lines = Readable.from(items).map((Item) => `${JSON.stringify({ Item })}\n`);
  await pipeline(lines, createWriteStream(join(data, 'items.json')));
  await promisify(execFile)(
    createRequire(import.meta.url).resolve(DYNOXIDE),
    ['import', '--source', 'export', '--schema', 'schema.json', '--output', 'dynamodb.sqlite'],
    { cwd: directory },
  );
  await rm(join(directory, 'export'), { recursive: true });
}

/** Closes hours with known counts, because counting a million clicks again would take minutes. */
async function closeHours(
  services: Services,
  { code }: Referral,
  counted: ReadonlyMap<number, Tally>,
): Promise<void> {
  const { store, newId, now } = services;
  for (const [hour, quarters] of Map.groupBy(counted, ([quarter]) => hourAt(quarter))) {
    await openHour(services, code, hour);
    const state = await store.readHour(code, hour);
    const closed = new Map(quarters);
    const counts = sum(state.total.counts, sumOf(closed));
    await store.closeHour({
      state,
      closed,
      total: { version: newId(now()), through: hour, counts },
    });
  }
}
