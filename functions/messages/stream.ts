import type { DynamoDBRecord } from 'aws-lambda';
import QuickLRU from 'quick-lru';
import * as v from 'valibot';
import {
  type Change,
  changeFollower,
  type FollowedLinks,
  type FollowerServices,
} from '../core/events.ts';
import { RESPONDED, type ResponseKind } from '../core/response.ts';
import { countMetric, logger } from '../setup/telemetry.ts';
import { newEntityOf } from '../store/changes.ts';
import { parse } from '../validation/parse.ts';
import { itemFields } from '../validation/schemas.ts';
import type { Follower } from './batch-handler.ts';
import { sendMessage } from './queue.ts';

const Target = v.object({ type: v.string(), id: v.string() });
const common = {
  id: itemFields.id,
  code: itemFields.code,
  target: v.exactOptional(Target),
  createdAt: itemFields.createdAt,
};

const NewReferral = v.object({
  ...common,
  userId: v.exactOptional(v.string()),
  label: v.exactOptional(v.string()),
  redirectTo: v.string(),
  buckets: v.number(),
});

const NewResponse = v.object({
  ...common,
  action: v.string(),
  kind: itemFields.kind,
  first: v.boolean(),
  trusted: v.boolean(),
  via: v.exactOptional(itemFields.via),
  existingUser: v.exactOptional(v.boolean()),
  referrerId: v.exactOptional(v.string()),
  session: v.exactOptional(v.string()),
  userId: v.exactOptional(v.string()),
});

/** The links that this instance follows. */
const links: FollowedLinks = new QuickLRU({ maxSize: 10_000 });

/**
 * Makes a follower of the records of one batch, see `changeFollower`. It counts the clicks of the batch in one
 * metric, because a metric for each click would cost more than Lambda.
 *
 * @param deadLettersUrl queue for records that can't be read. If undefined, they are only logged.
 */
export function recordFollower(services: FollowerServices, deadLettersUrl?: string): Follower {
  const followChange = changeFollower(services, links);
  const clicks = new Map<ResponseKind, number>();
  return {
    follow: async (record) => {
      const change = await readOrSetAside(record, deadLettersUrl);
      if (change === undefined) return;
      await followChange(change);
      if (change.type !== 'response-recorded' || change.response.action !== RESPONDED) return;
      const { kind } = change.response;
      clicks.set(kind, 1 + (clicks.get(kind) ?? 0));
    },
    finish: () => {
      for (const [kind, count] of clicks) countMetric('Clicks', count, { kind });
    },
  };
}

/**
 * Reads a record of the table's stream. A record that is malformed or not ours is set aside as a dead letter,
 * so that it does not hold up the stream. Trying it again would not help.
 *
 * @returns undefined if it was set aside, or if nobody follows such a change.
 * @throws ReferralsError `unavailable` if it can't be set aside now.
 */
export async function readOrSetAside(
  record: DynamoDBRecord,
  deadLettersUrl?: string,
): Promise<Change | undefined> {
  try {
    return readChange(record);
  } catch (error) {
    if (deadLettersUrl !== undefined) await sendMessage(deadLettersUrl, withoutClient(record));
    countMetric('UnreadableRecords');
    logger.error('A record of the stream can’t be read.', error as Error);
    return undefined;
  }
}

/** A record without what only the table needs of a visitor. Following it needs none of it. */
function withoutClient(record: DynamoDBRecord): DynamoDBRecord {
  if (record.dynamodb?.NewImage === undefined) return record;
  const { ip, userAgent, httpReferer, campaign, fingerprint, ipHash, ...NewImage } =
    record.dynamodb.NewImage;
  return { ...record, dynamodb: { ...record.dynamodb, NewImage } };
}

/** Reads a change; undefined for one that nobody follows. */
function readChange({ dynamodb }: DynamoDBRecord): Change | undefined {
  // Seconds, see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
  const writtenAt = (dynamodb?.ApproximateCreationDateTime ?? Date.now() / 1000) * 1000;
  const found = newEntityOf((dynamodb?.NewImage ?? {}) as Parameters<typeof newEntityOf>[0]);
  if (found === 'alias') return undefined;
  if (found === undefined) throw new Error('It is neither a referral nor a response.');
  const { type, entity } = found;
  if (type === 'referral-created') return { type, referral: parse(NewReferral, entity) };
  const response = parse(NewResponse, entity);
  return type === 'response-linked' ? { type, response } : { type, response, writtenAt };
}
