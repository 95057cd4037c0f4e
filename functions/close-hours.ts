import type { Context } from 'aws-lambda';
import { closeDueHours } from './core/closing.ts';
import { invocationHandler } from './messages/invocation-handler.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import { countMetric } from './setup/telemetry.ts';
import { closeHours } from './triggers.ts';

const services: ServicesFor<typeof closeHours> = allServices;

const MINUTE = 60_000;

/** Milliseconds that are reserved to finish hours in progress. The next run does the rest. */
const RESERVE = 20_000;

/** The schedule runs this function. It counts the hours that are due. */
export const handler = invocationHandler(async (_event, context: Context) => {
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE;
  const { closed, late } = await closeDueHours(services, hasTime);
  const minutes = Math.floor(late / MINUTE);
  // A metric costs as long as it is sent, see https://aws.amazon.com/cloudwatch/pricing/
  if (minutes > 2 * closeHours.everyMinutes) countMetric('MinutesBehind', minutes);
  return { closed };
});
