import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { alternate } from '../alternate.ts';
import type { Benchmark } from '../benchmark.ts';
import { figureOf, ratioOf } from '../figure.ts';
import type { Row } from '../table.ts';
import { ours } from './ours.ts';
import { pinax } from './pinax.ts';
import { type Measurement, measure, type Side } from './side.ts';

/** Clicks on pinax-referrals and on the server of `npm start`, under the same load. */
export const peer: Benchmark = {
  title: 'Peer',

  run: async ({ quick, directory }) => {
    const inDirectory = async <Result>(work: (path: string) => Promise<Result>) => {
      const path = await mkdtemp(join(directory, 'peer-'));
      const result = await work(path);
      await rm(path, { recursive: true });
      return result;
    };
    const calls = [await inDirectory(pinax.callsOfClick), await inDirectory(ours.callsOfClick)];
    // Both get half of what the peer could take in the first round.
    let rate: number | undefined;
    const measured = await alternate('turns', quick ? 2 : 5, [pinax, ours], (side) =>
      inDirectory(async (path) => {
        const running = await side.start(path);
        const measurement = await measure(running, rate);
        await running.stop();
        rate ??= measurement.rate;
        return measurement;
      }),
    );
    return [{ peer: [...rowsOf(measured), ...callRows(calls)] }];
  },
};

function rowsOf(measured: (side: Side) => Measurement[]): Row[] {
  const row = (name: string, pick: (measurement: Measurement) => number, hasRatio = false): Row => {
    const [theirs, our] = [measured(pinax).map(pick), measured(ours).map(pick)];
    const figures = { [pinax.name]: figureOf(theirs), [ours.name]: figureOf(our) };
    return { name, figures: { ...figures, ...(hasRatio && { ratio: ratioOf(our, theirs) }) } };
  };
  const [{ rate = Number.NaN } = {}] = measured(pinax);
  return [
    row('clicks/s', ({ fullSpeed }) => fullSpeed.clicksPerSecond, true),
    row('p50, ms', ({ fullSpeed }) => fullSpeed.p50),
    row('p99, ms', ({ fullSpeed }) => fullSpeed.p99),
    row('CPU of a click, ms', ({ cpu }) => cpu),
    row('… without the database, ms', ({ cpuOfServer }) => cpuOfServer),
    { name: 'equal load, clicks/s', figures: { [pinax.name]: rate, [ours.name]: rate } },
    row('p50 at equal load, ms', ({ equalLoad }) => equalLoad.p50),
    row('p99 at equal load, ms', ({ equalLoad }) => equalLoad.p99, true),
  ];
}

const callRows = ([theirs = {}, our = {}]: readonly Readonly<Record<string, number>>[]): Row[] =>
  [...new Set([...Object.keys(theirs), ...Object.keys(our)])].map((kind) => ({
    name: `${kind} of a click`,
    figures: {
      ...(theirs[kind] !== undefined && { [pinax.name]: theirs[kind] }),
      ...(our[kind] !== undefined && { [ours.name]: our[kind] }),
    },
  }));
