import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alternate } from '../alternate.ts';
import type { Benchmark } from '../benchmark.ts';
import { type Figure, figuresOf, ratioOf } from '../figure.ts';
import { ours } from './ours.ts';
import { pinax } from './pinax.ts';
import { EQUAL_LOAD, measure } from './side.ts';

const WITH_RATIO = ['clicks/s', 'p99 at equal load, ms'];

/** Clicks on pinax-referrals and on the server of `npm start`, under the same load. */
export const peer: Benchmark = {
  title: 'Peer',

  run: async ({ quick }) => {
    const callsOfPinax = await inDirectory(pinax.callsOfClick);
    const callsOfOurs = await inDirectory(ours.callsOfClick);
    // Half of what the peer can take in the first round.
    let rate: number | undefined;
    const measured = await alternate('turns', quick ? 2 : 5, [pinax, ours], (side) =>
      inDirectory(async (directory) => {
        const running = await side.start(directory);
        const round = await measure(running, rate);
        await running.stop();
        rate ??= round[EQUAL_LOAD];
        return round;
      }),
    );

    const columns = (side: typeof pinax, calls: Readonly<Record<string, number>>) => ({
      ...figuresOf(measured(side)),
      ...(rate && { [EQUAL_LOAD]: rate }),
      ...Object.fromEntries(Object.entries(calls).map(([kind, n]) => [`${kind} of a click`, n])),
    });
    const ofPinax: Column = columns(pinax, callsOfPinax);
    const ofOurs: Column = columns(ours, callsOfOurs);
    const names = new Set([...Object.keys(ofPinax), ...Object.keys(ofOurs)]);
    const rows = [...names].map((name) => ({
      name,
      figures: {
        ...(ofPinax[name] !== undefined && { [pinax.name]: ofPinax[name] }),
        ...(ofOurs[name] !== undefined && { [ours.name]: ofOurs[name] }),
        ...(WITH_RATIO.includes(name) && { ratio: ratioOf(measured(ours), measured(pinax), name) }),
      },
    }));
    return [{ peer: rows }];
  },
};

/** The column of a side, by the names of the rows. */
type Column = Readonly<Record<string, number | Figure>>;

/** Works in a new directory. After a failure the directory stays, with the logs in it. */
async function inDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-peer-'));
  const result = await work(directory);
  await rm(directory, { recursive: true });
  return result;
}
