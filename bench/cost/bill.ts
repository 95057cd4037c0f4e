import { openHour } from '../../functions/core/closing.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { closeHours } from '../../functions/triggers.ts';
import { click, usual } from '../events.ts';
import { setScene } from '../scene.ts';
import type { Row } from '../table.ts';
import { type Counting, dollarsOf, type Usage } from './counting.ts';
import { bytesOfInvocation, bytesOfRequest } from './logs.ts';
import { prices } from './prices.ts';
import { clicksOfBatch, clicksOfHour, traffic } from './traffic.ts';

const HOUR = 3_600_000;

/** GB of memory of a function, see `lib/referral-function.ts`. */
const MEMORY = 0.5;

const OFTEN = { warmUp: 500, times: 2_000 };

/** Adds up what a million clicks of new visitors cost. Each part is counted or timed by itself. */
export async function billOf(counting: Counting): Promise<Row[]> {
  const click = await countClick(counting);
  const batch = await countBatch(counting);
  const { run, hour } = await countHours(counting);
  const { clicks, days, links, instances, shards } = traffic;
  const batches = clicks / clicksOfBatch;
  const hours = links * days * 24;
  const runs = (days * 24 * 60) / closeHours.everyMinutes;
  const needed = {
    'HTTP API: requests': prices.httpApiRequests,
    'Lambda: requests': prices.lambdaRequests,
    'Lambda: duration': clicks * ofDuration(click.billed),
    'table: the click': click.usage.writeUnits * prices.writeUnits,
    'index: its entry': click.usage.indexWriteUnits * prices.writeUnits,
    'table: links looked up': days * 24 * 60 * links * instances * click.lookUp,
    'stream: requests': batches * ofRequest,
    'stream: duration': batches * ofDuration(batch.billed),
    // Each shard has its own instance, and each instance marks an hour once.
    'stream: hours marked': hours * shards * ofUsage(batch.mark),
    'hours: counted and closed': hours * hour,
    'hours: the schedule': runs * (ofRequest + run),
  };
  const besides = {
    'event bus: events': (batch.published / clicksOfBatch) * prices.events,
    'logs: taken in': ofLogs(
      clicks * (bytesOfRequest + bytesOfInvocation(click.logged)) +
        batches * bytesOfInvocation(batch.logged),
    ),
  };
  const lines = {
    ...needed,
    'all that a click needs': sum(needed),
    ...besides,
    'with events and logs': sum(needed) + sum(besides),
  };
  return Object.entries(lines).map(([name, amount]) => ({
    name,
    figures: { '$ a million': amount },
  }));
}

const sum = (lines: Readonly<Record<string, number>>): number =>
  Object.values(lines).reduce((all, each) => all + each, 0);

/** Dollars of one invocation, besides its duration. */
const ofRequest = prices.lambdaRequests / 1e6;

/** Dollars of a function's duration. */
const ofDuration = (milliseconds: number): number =>
  (milliseconds / 1000) * MEMORY * prices.lambdaGigabyteSecond;

/** Dollars of bytes in the log. */
const ofLogs = (bytes: number): number => (bytes * prices.logGigabyte) / 1e9;

/** Dollars of calls of DynamoDB, once. */
const ofUsage = (usage: Usage): number => dollarsOf(usage) / 1e6;

/** A click of a new visitor, and what it costs more if the function has to look the link up. */
async function countClick({ services, count, time }: Counting) {
  const invocation = click(await setScene(services));
  const first = await count(invocation);
  const usage = await count(invocation);
  const lookUp = ofUsage(first) - ofUsage(usage);
  return { ...(await time(invocation, OFTEN)), usage, lookUp };
}

/** A batch of clicks from the table's stream. Only the first batch of an hour marks the hour. */
async function countBatch({ services, count, time }: Counting) {
  const invocation = usual('consume-stream')(await setScene(services, { clicks: clicksOfBatch }));
  const mark = await count(invocation);
  return { ...(await time(invocation, OFTEN)), mark };
}

/** Dollars of a run of the schedule with nothing to close, and of one hour of a link more. */
async function countHours({ services, count, time }: Counting) {
  const invocation = usual('close-hours')(await setScene(services));
  const endHour = async () => {
    const at = new Date(Date.now() - 2 * HOUR);
    const { referral } = await setScene(services, { clicks: clicksOfHour, at });
    await openHour({ ...services, now: () => at }, referral.code, hourAt(at.getTime()));
  };
  const { billed } = await time(invocation, { warmUp: 20, times: 100 });
  const run = ofUsage(await count(invocation)) + ofDuration(billed);
  await endHour();
  const usage = ofUsage(await count(invocation));
  await endHour();
  const { first } = await time(invocation, {});
  return { run, hour: usage + ofDuration(first) - run };
}
