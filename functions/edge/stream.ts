import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Change } from '../core/events.ts';
import { isCode } from '../core/referral.ts';
import { environment as env } from '../environment.ts';
import { newEntityOf } from '../store/changes.ts';
import { parse, ULID } from './input.ts';
import { sendMessage } from './queue.ts';
import { countMetric, logger } from './telemetry.ts';

const Target = z.object({ type: z.string(), id: z.string() });
const common = {
  id: z.string().check(z.regex(ULID)),
  code: z.string().check(z.refine(isCode)),
  target: z.exactOptional(Target),
  createdAt: z.iso.datetime(),
};

const NewReferral = z.object({
  ...common,
  userId: z.exactOptional(z.string()),
  label: z.exactOptional(z.string()),
  redirectTo: z.string(),
  buckets: z.number(),
});

const NewResponse = z.object({
  ...common,
  action: z.string(),
  kind: z.enum(['human', 'bot', 'prefetch', 'own']),
  first: z.boolean(),
  referrerId: z.exactOptional(z.string()),
  session: z.exactOptional(z.string()),
  userId: z.exactOptional(z.string()),
});

/**
 * Reads a record of the table's stream. One that is not ours, or malformed, is set aside as a dead letter,
 * so that it holds up nothing: to try it again would not make it better.
 *
 * @returns undefined where it was set aside.
 * @throws ReferralsError `unavailable` where that can't be done now.
 */
export async function readOrSetAside(record: DynamoDBRecord): Promise<Change | undefined> {
  try {
    return readChange(record);
  } catch (error) {
    const queueUrl = process.env[env.streamDeadLettersUrl];
    if (queueUrl !== undefined) await sendMessage(queueUrl, record);
    countMetric('DeadLetters');
    logger.error('A record of the stream can’t be read.', error as Error);
    return undefined;
  }
}

function readChange({ dynamodb }: DynamoDBRecord): Change {
  const found = newEntityOf((dynamodb?.NewImage ?? {}) as Parameters<typeof newEntityOf>[0]);
  if (found === undefined) throw new Error('It is neither a referral nor a response.');
  const { type, entity } = found;
  return type === 'referral-created'
    ? { type, referral: parse(NewReferral, entity) }
    : { type, response: parse(NewResponse, entity) };
}
