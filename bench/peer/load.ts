import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** A browser's: bots are not visitors. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

export interface LoadOptions {
  /** The link that is clicked. */
  readonly link: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Load {
  readonly clicks: number;
  readonly clicksPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** One click of a visitor who was never here before, and does not follow the redirect. */
type Click = () => Promise<void>;

/**
 * Clicks as fast as clicks are answered: each connection sends the next when it has an answer.
 *
 * @throws Error where an answer is not a redirect.
 */
export const clickAtFullSpeed = (options: LoadOptions): Promise<Load> =>
  measure(options, async (click) => {
    const end = performance.now() + options.seconds * 1000;
    const visit = async () => {
      while (performance.now() < end) await click();
    };
    await Promise.all(Array.from({ length: options.connections }, visit));
  });

/**
 * Clicks so many times a second, whether or not earlier clicks are answered. A click that has to wait for
 * a connection waits as long as its visitor would.
 *
 * @throws Error where an answer is not a redirect.
 */
export const clickAtRate = (rate: number, options: LoadOptions): Promise<Load> =>
  measure(options, async (click) => {
    const visit = async (_: unknown, visitor: number) => {
      await delay((visitor * 1000) / rate);
      await click();
    };
    await Promise.all(Array.from({ length: rate * options.seconds }, visit));
  });

// autocannon and wrk are not it: the one loses requests where a server closes connections, which gunicorn
// does after each answer, the other has no rate.
async function measure(
  { link, connections }: LoadOptions,
  run: (click: Click) => Promise<void>,
): Promise<Load> {
  const { origin, pathname: path } = new URL(link);
  const pool = new Pool(origin, { connections });
  const latencies = createHistogram();
  const start = performance.now();
  await run(() => clickOnce(pool, path, latencies));
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  const percentile = (percent: number) => latencies.percentile(percent) / 1e6;
  return {
    clicks: latencies.count,
    clicksPerSecond: latencies.count / seconds,
    p50: percentile(50),
    p99: percentile(99),
  };
}

async function clickOnce(pool: Pool, path: string, latencies: RecordableHistogram): Promise<void> {
  const start = performance.now();
  const headers = { 'user-agent': USER_AGENT };
  const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
  await body.dump();
  if (statusCode !== 302) throw new Error(`A click was answered with ${statusCode}.`);
  latencies.record(Math.round((performance.now() - start) * 1e6));
}
