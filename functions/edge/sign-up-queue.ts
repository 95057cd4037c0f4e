import * as z from 'zod/mini';
import { environment as env } from '../environment.ts';
import { parse } from './input.ts';

const Message = z.strictObject({
  userId: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  session: z.exactOptional(z.string()),
});

// Milliseconds, of the 1.5 s that the trigger keeps for this.
const PATIENCE = 1_000;

/** A sign-up as it waits in the queue. */
export type SignUpMessage = z.infer<typeof Message>;

/** Puts a sign-up that got no link where it is tried again; without a queue, as locally, it is only logged. */
export async function queueSignUp(signUp: SignUpMessage): Promise<void> {
  const QueueUrl = process.env[env.signUpQueueUrl];
  if (QueueUrl === undefined) return;
  // Loaded only where it is needed: nearly all sign-ups get their link at once.
  const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  await new SQSClient().send(
    new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(signUp) }),
    { abortSignal: AbortSignal.timeout(PATIENCE) },
  );
}

/** Reads what was queued. */
export const parseSignUp = (body: string): SignUpMessage => parse(Message, JSON.parse(body));
