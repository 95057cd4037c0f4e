import type { Row, Tables } from './benchmark.ts';
import type { Figure } from './figure.ts';
import { inWords } from './table.ts';

/** A number to reach. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  /** Which measures it. */
  readonly benchmark: string;
  /** What was measured, and whether that is enough. */
  readonly judge: (tables: Tables) => Judgement;
}

interface Judgement {
  readonly measured: string;
  readonly isReached: boolean;
}

export const goals: readonly Goal[] = [
  {
    what: 'DynamoDB calls of a warm click',
    goal: '1 write, 0 reads',
    benchmark: 'cost',
    judge: ({ cost }) => {
      const { writes, reads } = rowOf(cost, 'click of a new visitor').figures;
      return {
        measured: `${writes} write, ${reads} reads`,
        isReached: writes === 1 && reads === 0,
      };
    },
  },
  {
    what: 'warm click, p50, against the floor',
    goal: '≤ 1.10×',
    benchmark: 'warm',
    judge: ({ warm }) => atMost(1.1, rowOf(warm, 'hit on dynoxide'), 'p50 ÷ bare'),
  },
  {
    what: 'warm click, CPU, against the floor',
    goal: '≤ 1.10×',
    benchmark: 'warm',
    judge: ({ warm }) => atMost(1.1, rowOf(warm, 'hit on dynoxide'), 'CPU ÷ bare'),
  },
  {
    what: 'cold click (import + first), against the bare-client handler',
    goal: '≤ 0.75×',
    benchmark: 'cold',
    judge: ({ cold }) => atMost(0.75, rowOf(cold, 'hit'), 'both ÷ bare'),
  },
  {
    what: 'bundle of `hit`, minified',
    goal: '≤ 260 KB',
    benchmark: 'cold',
    judge: ({ cold }) => atMost(260, rowOf(cold, 'hit'), 'loaded, KB'),
  },
  {
    what: 'other functions, cold, against the bare-client handler',
    goal: '≤ 1.15×',
    benchmark: 'cold',
    judge: ({ cold = [] }) => {
      const others = cold.slice(cold.findIndex(({ name }) => name === 'hit') + 1);
      const ratio = (row: Row) => median(row.figures['both ÷ bare']);
      const slowest = others.reduce((a, b) => (ratio(a) > ratio(b) ? a : b));
      const { measured, isReached } = atMost(1.15, slowest, 'both ÷ bare');
      return { measured: `${measured}, the slowest: \`${slowest.name}\``, isReached };
    },
  },
  {
    what: 'dollars per million clicks, all in (API, Lambda, table, index, stream, hours)',
    goal: '≤ 2.60',
    benchmark: 'cost',
    judge: ({ bill }) => atMost(2.6, rowOf(bill, 'all that a click needs'), '$ a million'),
  },
  {
    what: 'clicks a second against pinax-referrals on the same machine',
    goal: '≥ 5×',
    benchmark: 'peer',
    judge: ({ peer }) => {
      const { ratio } = rowOf(peer, 'clicks/s').figures;
      return { measured: inWords(ratio), isReached: median(ratio) >= 5 };
    },
  },
  {
    what: 'p99 against pinax-referrals at equal load',
    goal: '≤ 0.3×',
    benchmark: 'peer',
    judge: ({ peer }) => atMost(0.3, rowOf(peer, 'p99 at equal load, ms'), 'ratio'),
  },
  {
    what: 'click cost from 10³ to 10⁶ rows',
    goal: 'flat within 10 %',
    benchmark: 'growth',
    judge: ({ growth }) => {
      const [few, many] = ['10³', '10⁶'].map((size) => rowOf(growth, `click: ${size} clicks`));
      const units = [few, many].map((row) => row?.figures['write units']);
      const ratio = many?.figures['÷ 10³ clicks'];
      return {
        measured: `${units.join(' and ')} write units; p50 ${inWords(ratio)}×`,
        isReached: units[0] === units[1] && Math.abs(median(ratio) - 1) <= 0.1,
      };
    },
  },
];

/** The row of a table. */
export function rowOf(rows: readonly Row[] = [], name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`Nothing was measured of ${name}.`);
  return row;
}

/** What counts of something that was measured several times. */
export const median = (value: number | Figure | undefined): number =>
  typeof value === 'object' ? value.median : (value ?? Number.NaN);

function atMost(most: number, { figures }: Row, column: string): Judgement {
  const value = figures[column];
  return { measured: inWords(value), isReached: median(value) <= most };
}
