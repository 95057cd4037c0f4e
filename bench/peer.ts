import type { Benchmark, Row } from './benchmark.ts';
import type { Figure } from './figure.ts';
import { defaults, measurePeer } from './peer/peer.ts';
import type { PeerResult, SideResult } from './peer/result.ts';

/** Clicks on pinax-referrals and on the server of `npm start`, under the same load. */
export const peer: Benchmark = {
  title: 'Peer',

  run: async ({ quick }) => {
    const measured = await measurePeer({
      ...defaults,
      rounds: quick ? 1 : defaults.rounds,
      report: (line) => console.log(`  ${line}`),
    });
    return [{ peer: rowsOf(measured) }];
  },
};

function rowsOf({ peer, ours, ratios, rate }: PeerResult): Row[] {
  const row = (
    name: string,
    pick: (side: SideResult) => number | Figure | undefined,
    ratio?: Figure,
  ): Row => {
    const picked = [peer, ours].flatMap((side) => {
      const value = pick(side);
      return value === undefined ? [] : [[side.name, value] as const];
    });
    return { name, figures: { ...Object.fromEntries(picked), ...(ratio && { ratio }) } };
  };
  const kinds = new Set([peer, ours].flatMap(({ calls }) => Object.keys(calls)));
  return [
    row('clicks/s', ({ fullSpeed }) => fullSpeed.clicksPerSecond, ratios.clicksPerSecond),
    row('p50, ms', ({ fullSpeed }) => fullSpeed.p50),
    row('p99, ms', ({ fullSpeed }) => fullSpeed.p99),
    row('CPU of a click, ms', ({ fullSpeed }) => fullSpeed.cpu),
    row('… without the database, ms', ({ fullSpeed }) => fullSpeed.cpuWithoutDatabase),
    row('equal load, clicks/s', () => rate),
    row('p50 at equal load, ms', ({ equalLoad }) => equalLoad.p50),
    row('p99 at equal load, ms', ({ equalLoad }) => equalLoad.p99, ratios.p99AtEqualLoad),
    ...[...kinds].map((kind) => row(`${kind} of a click`, ({ calls }) => calls[kind])),
  ];
}
