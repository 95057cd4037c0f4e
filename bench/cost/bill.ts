import { type FunctionName, manifestOf } from '../../functions/manifest.ts';
import { closeHours } from '../../functions/triggers.ts';
import { click, usual } from '../events.ts';
import { setScene } from '../scene.ts';
import type { Row } from '../table.ts';
import { type Counting, callsOf, dollarsOf, type Usage } from './counting.ts';
import { followLink } from './link-hours.ts';
import { bytesOfInvocation, bytesOfRequest } from './logs.ts';
import { prices } from './prices.ts';
import { CLICKS, clicksOfBatch, lookedUp, type Traffic, traffics } from './traffic.ts';

/** GB of memory of a function. */
const memoryOf = (name: FunctionName): number => manifestOf(name).memory / 1_024;

/** Milliseconds that a click is billed with a table in AWS: an assumption. Here it takes about 2. */
const CLICK = 10;

/** Milliseconds that a call of the table takes longer in AWS than here: the same assumption. */
const AWAY = 8;

/** Custom metrics that are sent all the time while people click: their clicks. */
const METRICS = 1;

const MONTH = 30;

const OFTEN = { warmUp: 500, times: 2_000 };

/**
 * Adds up what a million clicks of new visitors cost, for each traffic and by the defaults.
 *
 * @param run dollars of a run of the schedule that closes nothing.
 */
export async function billOf(counting: Counting, run: number): Promise<Row[]> {
  const click = await countClick(counting);
  const bills = new Map<string, Record<string, number>>();
  for (const traffic of traffics)
    bills.set(traffic.name, await linesOf(counting, traffic, click, run));
  const [lines = {}] = bills.values();
  return Object.keys(lines).map((name) => ({
    name,
    figures: Object.fromEntries(
      [...bills].map(([traffic, amounts]) => [traffic, amounts[name] ?? Number.NaN]),
    ),
  }));
}

async function linesOf(
  counting: Counting,
  traffic: Traffic,
  click: Awaited<ReturnType<typeof countClick>>,
  run: number,
) {
  const link = await followLink(counting, traffic);
  /** Times that all clicks are more than those that were followed. */
  const all = CLICKS / link.clicks;
  const batches = CLICKS / clicksOfBatch(traffic);
  const batch = await timeBatch(counting, traffic);
  const marks = callsOf(link.marked) * all;
  const runs = (traffic.days * 24 * 60) / closeHours.everyMinutes;
  const lines = {
    'HTTP API: requests': prices.httpApiRequests,
    'Lambda: requests': prices.lambdaRequests,
    'Lambda: duration': ofDuration('hit', CLICKS * CLICK),
    'table: the click': click.usage.writeUnits * prices.writeUnits,
    'index: its entry': click.usage.indexWriteUnits * prices.writeUnits,
    'table: links looked up': CLICKS * lookedUp(traffic) * click.lookUp,
    'stream: requests': batches * ofRequest,
    'stream: duration': ofDuration('consume-stream', batches * batch.billed + marks * AWAY),
    'stream: hours marked': all * ofUsage(link.marked),
    'hours: counted and closed':
      all *
      (ofUsage(link.closed) +
        ofDuration('close-hours', link.closing + callsOf(link.closed) * AWAY)),
    'hours: the schedule': runs * run,
    'logs: taken in': ofLogs(
      CLICKS * (bytesOfRequest + bytesOfInvocation(click.logged)) +
        batches * bytesOfInvocation(batch.logged),
    ),
    'metrics: clicks': (METRICS * prices.customMetric * traffic.days) / MONTH,
  };
  return {
    ...lines,
    'all, by the defaults': Object.values(lines).reduce((sum, each) => sum + each, 0),
    'besides, with `events.clicks: all`': prices.events,
  };
}

/** Dollars of one invocation, besides its duration. */
const ofRequest = prices.lambdaRequests / 1e6;

/** Dollars of a function's duration. */
const ofDuration = (name: FunctionName, milliseconds: number): number =>
  (milliseconds / 1000) * memoryOf(name) * prices.lambdaGigabyteSecond;

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

/** A batch of clicks from the table's stream, whose hours are marked already. */
async function timeBatch({ services, time }: Counting, traffic: Traffic) {
  const clicks = Math.round(clicksOfBatch(traffic));
  return time(usual('consume-stream')(await setScene(services, { clicks })), OFTEN);
}

/** Dollars of a run of the schedule that closes nothing. */
export async function countRun({ services, count, time }: Counting): Promise<number> {
  const invocation = usual('close-hours')(await setScene(services));
  const { billed } = await time(invocation, { warmUp: 20, times: 100 });
  const usage = await count(invocation);
  return ofRequest + ofUsage(usage) + ofDuration('close-hours', billed + callsOf(usage) * AWAY);
}
