import { closeHours } from '../../functions/triggers.ts';
import { usual } from '../events.ts';
import { newClick, setScene } from '../scene.ts';
import { type Counting, callsOf, NOTHING, plus, type Usage } from './counting.ts';
import { clicksOfDay, SHARDS, type Traffic } from './traffic.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Lambda ends an instance after some hours, and what it remembers is forgotten, see
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const LIFETIME = 4 * HOUR;

/** Within this time after the last click everything is closed, by runs with longer steps between them. */
const LONG = 10 * DAY;
const WITHOUT_CLICKS = 6 * HOUR;

/** A busy link is the same every hour; what becomes of a quiet one takes weeks. */
const lengthOf = (traffic: Traffic) =>
  clicksOfDay(traffic) > 24
    ? { period: 3 * HOUR, step: closeHours.everyMinutes * MINUTE }
    : { period: 28 * DAY, step: 2 * HOUR };

/** What became of a link's clicks, in sum. */
export interface LinkHours {
  readonly clicks: number;
  /** What the stream's function did. */
  readonly marked: Usage;
  /** What runs of the schedule did besides asking what is due. */
  readonly closed: Usage;
  /** Milliseconds that those runs took longer than one that closes nothing. */
  readonly closing: number;
}

/**
 * Lets one link of the traffic get its clicks while a clock is turned, and the deployed functions follow them and
 * close their hours.
 *
 * @throws Error if they have not counted every click in the end.
 */
export async function followLink(counting: Counting, traffic: Traffic): Promise<LinkHours> {
  const { services, count, end } = counting;
  const { period, step } = lengthOf(traffic);
  const start = Math.floor(Date.now() / HOUR) * HOUR - period - LONG;
  const scene = await setScene(services, { clicks: 0, at: new Date(start) });
  const run = (time: number) => count(usual('close-hours')(scene), { at: time });
  await run(start);
  const idle = await run(start);

  const clicks = Math.round((period / DAY) * clicksOfDay(traffic));
  const timeOf = (click: number) => start + ((click + 0.5) * period) / clicks;
  let [marked, closed, closing] = [NOTHING, NOTHING, 0];
  let born = start;
  for (let click = 0, time = start; time < start + period + LONG; ) {
    time += click < clicks ? step : WITHOUT_CLICKS;
    for (; click < clicks && timeOf(click) < time; click++) {
      const at = timeOf(click);
      if (at - born > LIFETIME) {
        await end('consume-stream');
        born = at;
      }
      const response = newClick(scene.referral, new Date(at));
      await services.store.putResponse(response, scene.referral);
      const event = usual('consume-stream')({ ...scene, clicks: [response] });
      marked = plus(marked, await count(event, { at, instance: click % SHARDS }));
    }
    const usage = await run(time);
    if (callsOf(usage) === callsOf(idle)) continue;
    closed = plus(plus(closed, usage), idle, -1);
    closing += usage.milliseconds - idle.milliseconds;
  }
  const { counts } = await services.store.readTotal(scene.referral.code);
  if (counts.clicks !== clicks) {
    throw new Error(`Of ${clicks} clicks on a link, only ${counts.clicks} were counted for good.`);
  }
  return { clicks, marked, closed, closing };
}
