import type { Benchmark, Row } from './benchmark.ts';
import { defaults, measurePeer } from './peer/peer.ts';
import type { SideResult } from './peer/result.ts';

/** Clicks on pinax-referrals and on the server of `npm start`, under the same load. */
export const peer: Benchmark = {
  title: 'Peer',

  run: async ({ quick }) => {
    const rounds = quick ? 1 : defaults.rounds;
    const measured = await measurePeer({
      ...defaults,
      rounds,
      report: (line) => console.log(`  ${line}`),
    });
    const { ratios, rate } = measured;
    const ours = row(measured.ours, rate);
    const rows: Row[] = [
      row(measured.peer, rate),
      {
        ...ours,
        figures: {
          ...ours.figures,
          'clicks/s ÷ peer': ratios.clicksPerSecond,
          'p99 at equal load ÷ peer': ratios.p99AtEqualLoad,
        },
      },
    ];
    return [{ peer: rows }];
  },
};

const row = ({ name, fullSpeed, equalLoad, calls }: SideResult, rate: number): Row => ({
  name,
  figures: {
    'clicks/s': fullSpeed.clicksPerSecond,
    'p50, ms': fullSpeed.p50,
    'p99, ms': fullSpeed.p99,
    'CPU, ms': fullSpeed.cpu,
    'CPU but for a database, ms': fullSpeed.cpuWithoutDatabase,
    'equal load, clicks/s': rate,
    'p50 then, ms': equalLoad.p50,
    'p99 then, ms': equalLoad.p99,
    ...calls,
  },
});
