import { createHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** The browser of every visitor; a bot's click would not count. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

export interface Load {
  /** The link to click. */
  readonly link: string;
  readonly connections: number;
  readonly seconds: number;
  /** Clicks a second, whether or not earlier clicks are answered; undefined: as many as are answered. */
  readonly rate?: number;
}

export interface Answered {
  readonly clicks: number;
  readonly clicksPerSecond: number;
  /** Milliseconds from when the visitor clicks, also if they have to wait for a connection. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Puts a load of clicks on a server. Each is by a new visitor who does not follow the redirect.
 *
 * autocannon loses requests if a server closes connections, as gunicorn does, and gives whole milliseconds. wrk
 * has no fixed rate.
 *
 * @throws Error if an answer is not a redirect.
 */
export async function load({ link, connections, seconds, rate }: Load): Promise<Answered> {
  const { origin, pathname: path } = new URL(link);
  const pool = new Pool(origin, { connections });
  const latencies = createHistogram();
  const click = async () => {
    const clicked = performance.now();
    const headers = { 'user-agent': USER_AGENT };
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
    await body.dump();
    if (statusCode !== 302) throw new Error(`A click was answered with ${statusCode}.`);
    latencies.record(Math.round((performance.now() - clicked) * 1e6));
  };
  const start = performance.now();
  const clickUntilEnd = async () => {
    while (performance.now() < start + seconds * 1000) await click();
  };
  const clickLater = (n: number, perSecond: number) => delay((n * 1000) / perSecond).then(click);
  await Promise.all(
    rate === undefined
      ? Array.from({ length: connections }, clickUntilEnd)
      : Array.from({ length: rate * seconds }, (_, n) => clickLater(n, rate)),
  );
  const took = (performance.now() - start) / 1000;
  await pool.close();
  return {
    clicks: latencies.count,
    clicksPerSecond: latencies.count / took,
    p50: latencies.percentile(50) / 1e6,
    p99: latencies.percentile(99) / 1e6,
  };
}
