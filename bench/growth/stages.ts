import { execFile } from 'node:child_process';
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
import { closeHour, openHour } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { hourAt } from '../../functions/core/hours.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { RESPONDED } from '../../functions/core/response.ts';
import { firstIdOf, ownerPartition, referralKey } from '../../functions/store/keys.ts';
import { type Services, startEmbedded } from '../database.ts';
import { TABLE } from '../instance.ts';
import { anySession, clickItem, newClick, newReferral, type Scene } from '../scene.ts';

const DYNOXIDE = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;

const HOUR = 3_600_000;

/** The clicks are spread over thirty days. */
const HOURS = 30 * 24;

interface Size {
  readonly name: string;
  /** Clicks on one link. */
  readonly clicks: number;
  /** Other links. */
  readonly links: number;
}

/** Makes a table of some size. The hours of its clicks are over and closed. */
export async function setStage(directory: string, size: Size) {
  const begin = (Math.floor(Date.now() / HOUR) - HOURS) * HOUR;
  const referral = newReferral('owner', new Date(begin));
  const times = Array.from(
    { length: size.clicks },
    (_, n) => begin + Math.floor((HOURS * HOUR * n) / size.clicks),
  );
  const schema = await describeTable(directory);
  const database = await startEmbedded(directory, (path) =>
    importItems(path, schema, items(referral, size.links, times)),
  );
  const { services } = database;
  await closeHours(services, referral, times);
  const { clicks } = await countReferral(services, referral);
  if (clicks !== size.clicks) throw new Error(`Of ${size.name}, ${clicks} are counted.`);
  const scene: Scene = {
    userId: 'owner',
    referral,
    session: anySession(),
    handoff: '',
    clicks: [],
  };
  return { size, database, scene };
}

function* items(referral: Referral, links: number, times: readonly number[]) {
  yield referralItem(referral);
  for (let n = 0; n < links; n++) {
    // Each owner has ten.
    const owner = `owner-${Math.floor(n / 10)}`;
    yield referralItem(newReferral(owner, new Date(referral.createdAt)));
  }
  for (const time of times) yield clickItem(newClick(referral, new Date(time)), referral);
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
  schema: string,
  items: Generator<Record<string, AttributeValue>>,
): Promise<void> {
  // The same layout as DynamoDB's export to S3.
  const data = join(directory, 'export', TABLE, 'data');
  await mkdir(data, { recursive: true });
  await writeFile(join(directory, 'schema.json'), schema);
  const lines = items.map((Item) => `${JSON.stringify({ Item })}\n`);
  await pipeline(Readable.from(lines), createWriteStream(join(data, 'items.json')));
  await promisify(execFile)(
    createRequire(import.meta.url).resolve(DYNOXIDE),
    ['import', '--source', 'export', '--schema', 'schema.json', '--output', 'dynamodb.sqlite'],
    { cwd: directory },
  );
  await rm(join(directory, 'export'), { recursive: true });
}

/** Closes the hours. To read a million clicks again would take minutes, so core gets them from here. */
async function closeHours(
  services: Services,
  { code }: Referral,
  times: readonly number[],
): Promise<void> {
  const store = { ...services.store };
  // An hour rests for a while before it may be closed.
  const later = { ...services, store, now: () => new Date(Date.now() + HOUR) };
  for (const [hour, clicks] of Map.groupBy(times, hourAt)) {
    await openHour(services, code, hour);
    store.eachResponse = async (_referral, _from, _to, visit) => {
      for (const time of clicks) {
        visit({
          id: firstIdOf(time),
          action: RESPONDED,
          kind: 'human',
          first: true,
          trusted: true,
        });
      }
    };
    await closeHour(later, code, hour);
  }
}
