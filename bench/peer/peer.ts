import { mkdtemp, rm } from 'node:fs/promises';
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

  run: async ({ quick, directory }) => {
    const newDirectory = () => mkdtemp(join(directory, 'peer-'));
    const callsOfPinax = await pinax.callsOfClick(await newDirectory());
    const callsOfOurs = await ours.callsOfClick(await newDirectory());
    // Half of what the peer can take in the first round.
    let rate: number | undefined;
    const measured = await alternate('turns', quick ? 2 : 5, [pinax, ours], async (side) => {
      const path = await newDirectory();
      const running = await side.start(path);
      const round = await measure(running, rate);
      await running.stop();
      await rm(path, { recursive: true });
      rate ??= round[EQUAL_LOAD];
      return round;
    });

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
