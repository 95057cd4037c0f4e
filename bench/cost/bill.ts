import { openHour } from '../../functions/core/closing.ts';
import { hourAt } from '../../functions/core/hours.ts';
import { closeHours } from '../../functions/triggers.ts';
import type { Row } from '../benchmark.ts';
import { click, eventOf, streamed } from '../events.ts';
import { setScene } from '../scene.ts';
import type { Counting } from './counting.ts';
import { bytesOfInvocation, bytesOfRequest } from './logs.ts';
import type { Usage } from './meter.ts';
import { prices } from './prices.ts';
import { clicksOfBatch, clicksOfHour, traffic } from './traffic.ts';

const HOUR = 3_600_000;

/** GB that a function has, see `lib/referral-function.ts`. */
const MEMORY = 0.5;

const ONCE = { warmUp: 0, times: 0 };
const OFTEN = { warmUp: 500, times: 2_000 };

/** Adds up what a million clicks of new visitors cost, from what was counted of each part. */
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
    'Lambda: duration': clicks * ofDuration(click.milliseconds),
    'table: the click': click.usage.writeUnits * prices.writeUnits,
    'index: its entry': click.usage.indexWriteUnits * prices.writeUnits,
    'table: links looked up': days * 24 * 60 * links * instances * click.lookUp,
    'stream: requests': batches * ofRequest,
    'stream: duration': batches * ofDuration(batch.milliseconds),
    // Each shard has an instance of its own, which marks an hour once.
    'stream: hours marked': hours * shards * ofUsage(batch.mark),
    'hours: counted and closed': hours * hour,
    'hours: the schedule': runs * (ofRequest + run),
  };
  const besides = {
    'event bus: events': batch.eventsOfClick * prices.events,
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

/** Dollars of an invocation. */
const ofRequest = prices.lambdaRequests / 1e6;

/** Dollars of so many milliseconds of a function. */
const ofDuration = (milliseconds: number): number =>
  (milliseconds / 1000) * MEMORY * prices.lambdaGigabyteSecond;

/** Dollars of so many bytes. */
const ofLogs = (bytes: number): number => (bytes * prices.logGigabyte) / 1e9;

/** Dollars of what was asked of DynamoDB. */
const ofUsage = ({ readUnits, writeUnits, indexWriteUnits }: Usage): number =>
  (readUnits * prices.readUnits + (writeUnits + indexWriteUnits) * prices.writeUnits) / 1e6;

/** A click of a new visitor: what it asks, how long it takes, what looking its link up adds, how much it logs. */
async function countClick({ services, metered, timed, usageOf }: Counting) {
  const { referral } = await setScene(services);
  const event = click(referral.code);
  const invoke = () => usageOf(() => metered('hit').run({ event, ...ONCE }));
  const first = await invoke();
  const usage = await invoke();
  const { run, logged } = timed('hit');
  const { warm } = await run({ event, ...OFTEN });
  const clicks = 1 + OFTEN.warmUp + OFTEN.times;
  return {
    usage,
    milliseconds: warm.billed,
    lookUp: ofUsage(first) - ofUsage(usage),
    logged: logged() / clicks,
  };
}

/** A batch of clicks of the table's stream: what the first of an hour asks, how long others take, how much it logs. */
async function countBatch({ services, metered, timed, usageOf, published }: Counting) {
  const event = streamed(await setScene(services, { clicks: clicksOfBatch }));
  const mark = await usageOf(() => metered('consume-stream').run({ event, ...ONCE }));
  const before = published();
  const { run, logged } = timed('consume-stream');
  const { warm } = await run({ event, ...OFTEN });
  const batches = 1 + OFTEN.warmUp + OFTEN.times;
  const eventsOfClick = (published() - before) / batches / clicksOfBatch;
  return { mark, milliseconds: warm.billed, eventsOfClick, logged: logged() / batches };
}

/** Dollars of a run of the schedule with nothing to close, and what an hour of a link adds to it. */
async function countHours({ services, metered, timed, usageOf }: Counting) {
  const event = eventOf['close-hours']?.(await setScene(services));
  const asked = async () =>
    ofUsage(await usageOf(() => metered('close-hours').run({ event, ...ONCE })));
  const endHour = async () => {
    const at = new Date(Date.now() - 2 * HOUR);
    const { referral } = await setScene(services, { clicks: clicksOfHour, at });
    await openHour({ ...services, now: () => at }, referral.code, hourAt(at.getTime()));
  };
  const { warm } = await timed('close-hours').run({ event, warmUp: 20, times: 100 });
  const run = (await asked()) + ofDuration(warm.billed);
  await endHour();
  const usage = await asked();
  await endHour();
  const { cold } = await timed('close-hours').run({ event, ...ONCE });
  return { run, hour: usage + ofDuration(cold.first) - run };
}
