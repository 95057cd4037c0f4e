import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { inject, onTestFinished } from 'vitest';
import { closeDueHours } from '../../functions/core/closing.ts';
import { createReferral } from '../../functions/core/create-referral.ts';
import { type Change, changeFollower } from '../../functions/core/events.ts';
import { LONGEST_OPEN } from '../../functions/core/hours.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Response } from '../../functions/core/response.ts';
import type { Store } from '../../functions/core/store.ts';
import { enableStream } from '../../local/dynamodb.ts';
import type { Outputs } from '../../local/outputs.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import {
  newClick as clickAt,
  type Domain,
  domainOn,
  newUserId,
  ownTable,
} from '../integration/domain.ts';
import { recordedStream } from '../integration/recorded-stream.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The domain on its own table, with a clock that a test can turn and a proxy that makes DynamoDB fail. */
export interface World extends Domain {
  readonly proxy: DynamoDBProxy;
  /** Each published event as `<type> <id>`. */
  readonly published: Set<string>;
  /** Reads the stream so far. The time of each record is the world's. */
  readonly records: () => Promise<DynamoDBRecord[]>;
  /** Gives some changes to the stream's consumer as one batch. */
  readonly follow: (...changes: Change[]) => Promise<void>;
}

/** Makes a world whose clock shows ten past ten. */
export async function createWorld(settings: Parameters<typeof domainOn>[1] = {}): Promise<World> {
  const outputs = await ownTable({ DynamoDBEndpoint: inject('dynamoDB') } as Outputs);
  await enableStream(outputs.DynamoDBEndpoint, outputs.TableName);
  const proxy = await startDynamoDBProxy(outputs.DynamoDBEndpoint);
  onTestFinished(proxy.stop);
  const domain = domainOn({ ...outputs, DynamoDBEndpoint: proxy.endpoint }, settings);
  setTime(domain, '2026-03-01T10:10:00Z');
  const published = new Set<string>();
  const publish = async ({ type, detail }: { type: string; detail: { id: string } }) => {
    published.add(`${type} ${detail.id}`);
  };
  const links = new Map();
  const writtenAt = new Map<string, number>();
  const note = (response: Response | undefined) => {
    if (response && !writtenAt.has(response.id)) writtenAt.set(response.id, domain.now().getTime());
  };
  const { putResponse, putResponseOnce } = domain.store;
  const store: Store = {
    ...domain.store,
    putResponse: (response, referral) => {
      note(response);
      return putResponse(response, referral);
    },
    putResponseOnce: (request, now, recorded) => {
      note(recorded?.response);
      return putResponseOnce(request, now, recorded);
    },
  };
  return {
    ...domain,
    store,
    proxy,
    published,
    records: async () => {
      const records = await recordedStream(outputs.DynamoDBEndpoint, outputs.TableName);
      return records.map(({ dynamodb, ...record }) => {
        const at = writtenAt.get(dynamodb?.NewImage?.id?.S ?? '');
        return {
          ...record,
          dynamodb: { ...dynamodb, ...(at && { ApproximateCreationDateTime: at / 1000 }) },
        };
      });
    },
    follow: async (...changes) => {
      const follow = changeFollower({ ...domain, publish }, links);
      await Promise.all(changes.map(follow));
    },
  };
}

export const setTime = ({ clock }: Domain, time: string | number): void => {
  clock.now = new Date(time);
};

export const pass = (world: Domain, milliseconds: number): void =>
  setTime(world, world.clock.now.getTime() + milliseconds);

export const newReferral = async (world: World): Promise<Referral> =>
  (await createReferral(world, { userId: newUserId(), redirectTo: `/${randomUUID()}` })).referral;

/** A click of now by a new visitor, not stored yet. */
export const newClick = (world: World, { code }: Referral): Response => ({
  ...clickAt(world, code, world.now()),
  via: 'link',
  // Identifies a click that is stored under two ids.
  httpReferer: `https://example.com/${randomUUID()}`,
});

/** Stores a click of now, and follows it. */
export async function click(world: World, referral: Referral): Promise<Response> {
  const response = newClick(world, referral);
  await world.store.putResponse(response, referral);
  await world.follow({ type: 'response-recorded', response, writtenAt: world.now().getTime() });
  return response;
}

/** Waits until all hours may be closed, and closes them. */
export async function closeAll(world: World): Promise<void> {
  pass(world, LONGEST_OPEN + 2 * HOUR);
  // If another closer is faster, the hour is left to the next run.
  for (let runs = 0; runs < 100; runs++) {
    await closeDueHours(world, () => true);
    const left = await Array.fromAsync(world.store.dueHours(world.now()));
    if (left.length === 0) return;
  }
  throw new Error('Some hours are never closed.');
}
