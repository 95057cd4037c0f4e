import pTimeout from 'p-timeout';
import type { ClickServices, ClickStore } from '../core/click.ts';
import { unavailable } from '../core/errors.ts';
import { createClickStore } from '../store/dynamodb-store.ts';
import { compose, type FunctionServices } from './compose.ts';
import { rememberReferrals } from './recent-referrals.ts';
import { readSettings } from './settings.ts';

// Milliseconds. What can't be written is queued, and both have to be done within a visitor's patience.
const SHORT = { connectionTimeout: 250, requestTimeout: 300 };

/** Milliseconds for looking the referral up, and again for storing the click; queueing needs the rest of 3 s. */
const PATIENCE = 900;

const giveUp = () => {
  throw unavailable();
};

/**
 * The composition root of the click, which has no more than it needs.
 *
 * @param sendMessage sends a message to a queue, for a click that can't be stored.
 */
export async function clickServices(
  sendMessage: (queueUrl: string, message: unknown) => Promise<void>,
): Promise<FunctionServices<ClickStore> & ClickServices> {
  const settings = readSettings(process.env);
  const { clickQueueUrl } = settings;
  const composed = await compose(settings, createClickStore, clickQueueUrl ? SHORT : undefined);

  /** With a queue, nothing is waited for longer than leaves time for it. */
  const inTime: ClickServices['inTime'] = (promise) =>
    clickQueueUrl === undefined
      ? promise
      : pTimeout(promise, { milliseconds: PATIENCE, fallback: giveUp });
  const findInTime = (code: string) => inTime(composed.store.findReferral(code));

  if (settings.startsInLambda) await warmUp(findInTime);
  return {
    ...composed,
    inTime,
    // Within the memory, which knows better than to give up where it has the referral from before.
    findRecentReferral: rememberReferrals({ findReferral: findInTime }),
    queueClick:
      clickQueueUrl === undefined ? undefined : (click) => sendMessage(clickQueueUrl, click),
  };
}

/**
 * Makes the first call of the table, for nothing: so the first visitor finds it connected, and compiled what
 * every call needs. The first click takes 22 ms less, and the start 27 more; but for that Lambda gives a whole CPU,
 * and to the click the third of one that goes with the function's memory, see
 * https://serverlessland.com/content/service/lambda/guides/effectively-running-java-on-serverless/init-heavy-lifting
 */
const warmUp = (find: (code: string) => Promise<unknown>) => find('').catch(() => undefined);
