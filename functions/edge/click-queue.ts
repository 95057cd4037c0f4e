import pTimeout from 'p-timeout';
import type { ClickServices } from '../core/click.ts';
import { unavailable } from '../core/errors.ts';
import { sendMessage } from './queue.ts';
import { services } from './services.ts';
import { logger } from './telemetry.ts';

/** Milliseconds for looking the referral up, and again for storing the click; queueing needs the rest of 3 s. */
const PATIENCE = 900;

const { clickQueueUrl } = services.settings;

/** What becomes of a click that can't be stored in time. */
export const clickQueue: Pick<ClickServices, 'inTime' | 'queueClick'> = {
  inTime: (promise) =>
    clickQueueUrl === undefined
      ? promise
      : pTimeout(promise, { milliseconds: PATIENCE, message: unavailable() }),
  queueClick:
    clickQueueUrl === undefined
      ? undefined
      : async (click, cause) => {
          await sendMessage(clickQueueUrl, click);
          logger.warn('A click could not be stored, and waits in the queue.', cause);
        },
};
