import type { Figure } from './figure.ts';
import type { PeerResult, SideResult } from './result.ts';

/** The result for people: medians, with the lowest and the highest of all rounds. */
export function tableOf({ peer, ours, ratios, rate }: PeerResult): string {
  const row = (what: string, show: (side: SideResult) => string, ratio = '') =>
    [what, show(peer), show(ours), ratio] as const;
  const rows = [
    row('', ({ name }) => name, 'ratio'),
    row(
      'clicks a second',
      ({ fullSpeed }) => inWords(fullSpeed.clicksPerSecond, 0),
      inWords(ratios.clicksPerSecond, 2),
    ),
    row('p50, ms', ({ fullSpeed }) => inWords(fullSpeed.p50, 1)),
    row('p99, ms', ({ fullSpeed }) => inWords(fullSpeed.p99, 1)),
    row('CPU a click, ms', ({ fullSpeed }) => inWords(fullSpeed.cpu, 2)),
    row('  without database', ({ fullSpeed }) => inWords(fullSpeed.cpuWithoutDatabase, 2)),
    row(`p50 at ${rate}/s, ms`, ({ equalLoad }) => inWords(equalLoad.p50, 1)),
    row(
      `p99 at ${rate}/s, ms`,
      ({ equalLoad }) => inWords(equalLoad.p99, 1),
      inWords(ratios.p99AtEqualLoad, 2),
    ),
    row('asks its database', callsInWords),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows
    .map((cells) => cells.map((cell, n) => cell.padEnd((widths[n] ?? 0) + 2)).join(''))
    .map((line) => line.trimEnd())
    .join('\n');
}

const inWords = ({ median, low, high }: Figure, digits: number): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;

const callsInWords = ({ calls }: SideResult): string =>
  Object.entries(calls)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
