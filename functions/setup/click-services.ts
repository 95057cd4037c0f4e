import pTimeout from 'p-timeout';
import type { ClickServices, ClickStore } from '../core/click.ts';
import { unavailable } from '../core/errors.ts';
import { createClickCall } from '../store/click-client.ts';
import { createClickStore } from '../store/click-store.ts';
import { compose, type FunctionServices } from './compose.ts';
import { rememberReferrals } from './recent-referrals.ts';
import { readSettings } from './settings.ts';

// Milliseconds. A click that can't be written is queued, and a visitor must not give up before that.
const SHORT = { connectionTimeout: 250, requestTimeout: 300 };

/** Milliseconds to find the referral, and again to store the click. Queueing needs the rest of 3 s. */
const PATIENCE = 900;

const giveUp = () => {
  throw unavailable();
};

/**
 * The composition root of the click. It has only the services that a click needs.
 *
 * @param sendMessage sends a message to a queue, for a click that can't be stored.
 */
export async function clickServices(
  sendMessage: (queueUrl: string, message: unknown) => Promise<void>,
): Promise<FunctionServices<ClickStore> & ClickServices> {
  const settings = readSettings(process.env);
  const { clickQueueUrl, tableName: name, retention } = settings;
  const call = createClickCall(clickQueueUrl ? SHORT : undefined);
  const composed = await compose(settings, createClickStore({ name, retention, call }));

  /** If there is a queue, waiting stops early enough to use it. */
  const inTime: ClickServices['inTime'] = (promise) =>
    clickQueueUrl === undefined
      ? promise
      : pTimeout(promise, { milliseconds: PATIENCE, fallback: giveUp });
  const findInTime = (code: string) => inTime(composed.store.findReferral(code));

  // So the first visitor finds the keys read, the connection open and the code of a call compiled. The first click
  // takes 22 ms less, and the start 27 ms more. But Lambda gives the start a whole CPU, and the click the third of
  // one that goes with the function's memory, see
  // https://serverlessland.com/content/service/lambda/guides/effectively-running-java-on-serverless/init-heavy-lifting
  await inTime(composed.keys.prepare()).catch(() => undefined);
  return {
    ...composed,
    inTime,
    // The time limit is inside the memory, which then returns an older copy of the referral if it has one.
    findRecentReferral: rememberReferrals({ findReferral: findInTime }),
    queueClick:
      clickQueueUrl === undefined ? undefined : (click) => sendMessage(clickQueueUrl, click),
  };
}
