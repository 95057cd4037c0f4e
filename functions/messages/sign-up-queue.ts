import { environment as env } from '../environment.ts';
import { sendMessage } from './queue.ts';
import type { SignUpMessage } from './queue-messages.ts';

/** Puts a sign-up that got no link where it is tried again; without a queue, as locally, it is only logged. */
export async function queueSignUp(signUp: SignUpMessage): Promise<void> {
  const queueUrl = process.env[env.signUpQueueUrl];
  if (queueUrl !== undefined) await sendMessage(queueUrl, signUp);
}
