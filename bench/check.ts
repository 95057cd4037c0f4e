import type { Row, Tables } from './benchmark.ts';
import { median, rowOf } from './goals.ts';
import { limits } from './limits.ts';
import type { Results } from './results.ts';

/** Something that has a limit. */
export interface Checked {
  readonly what: string;
  readonly measured: number;
  readonly most: number;
}

/** Compares what was measured now with what CI allows. */
export function check({ warm, cold, cost }: Tables, recorded: Results): readonly Checked[] {
  const loaded = (rows: readonly Row[] | undefined) =>
    median(rowOf(rows, 'hit').figures['loaded, KB']);
  const clicks = Object.entries(limits.clicks).flatMap(([name, most]) =>
    Object.entries(most).map(([column, units]) => ({
      what: `${name}: ${column}`,
      measured: median(rowOf(cost, name).figures[column]),
      most: units,
    })),
  );
  return [
    ...clicks,
    { what: 'hit: KB that are loaded', measured: loaded(cold), most: limits.bundle },
    ...(recorded.cold
      ? [
          {
            what: 'hit: the same to what is in bench/results.json',
            measured: loaded(cold) / loaded(recorded.cold.tables.cold),
            most: limits.bundleGrowth,
          },
        ]
      : []),
    {
      what: 'warm click: CPU to that of the floor',
      measured: median(rowOf(warm, 'hit on dynoxide').figures['CPU ÷ bare']),
      most: limits.warmCpu,
    },
  ];
}

/** Says what was checked, and which of it is over its limit. */
export const checkInWords = (checked: readonly Checked[]): string =>
  checked
    .map(({ what, measured, most }) => {
      const verdict = isOver({ what, measured, most }) ? 'OVER' : 'ok';
      return `  ${verdict.padEnd(6)}${what}: ${Number(measured.toFixed(3))}, at most ${most}`;
    })
    .join('\n');

export const isOver = ({ measured, most }: Checked): boolean => !(measured <= most);
