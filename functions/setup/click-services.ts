import pTimeout from 'p-timeout';
import type { ClickServices } from '../core/click.ts';
import { unavailable } from '../core/errors.ts';
import { sendMessage } from '../messages/queue.ts';
import { createClickStore } from '../store/dynamodb-store.ts';
import { type Composed, compose } from './compose.ts';
import { rememberReferrals } from './recent-referrals.ts';
import { readSettings } from './settings.ts';

// Milliseconds. What can't be written is queued, and both have to be done within a visitor's patience.
const SHORT = { connectionTimeout: 250, requestTimeout: 300 };

/** Milliseconds for looking the referral up, and again for storing the click; queueing needs the rest of 3 s. */
const PATIENCE = 900;

const settings = readSettings(process.env);
const { clickQueueUrl } = settings;
const composed = compose(settings, createClickStore, clickQueueUrl ? SHORT : undefined);

const giveUp = () => {
  throw unavailable();
};

/** With a queue, something is waited for no longer than leaves time for it. */
const inTime: ClickServices['inTime'] = (promise) =>
  clickQueueUrl === undefined
    ? promise
    : pTimeout(promise, { milliseconds: PATIENCE, fallback: giveUp });

/** The composition root of the click, which has no more than it needs. */
export const services: Composed<ClickServices['store']> & ClickServices = {
  ...composed,
  inTime,
  // Within the memory, which knows better than to give up where it has the referral from before.
  findRecentReferral: rememberReferrals({
    findReferral: (code) => inTime(composed.store.findReferral(code)),
  }),
  queueClick:
    clickQueueUrl === undefined ? undefined : (click) => sendMessage(clickQueueUrl, click),
};

/**
 * Makes the first call of the table, for nothing: so the first visitor finds it connected, and compiled what
 * every call needs. The first click takes 22 ms less, and the start 27 more; but for that Lambda gives a whole CPU,
 * and to the click the third of one that goes with the function's memory, see
 * https://serverlessland.com/content/service/lambda/guides/effectively-running-java-on-serverless/init-heavy-lifting
 */
const warmUp = () => inTime(composed.store.findReferral('')).catch(() => undefined);

if (process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== undefined) await warmUp();
