import { median } from './figure.ts';
import { inWords, lookUp, type Row, type Tables } from './table.ts';

interface Judgement {
  readonly measured: string;
  readonly isReached: boolean;
}

/** A number to reach. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  /** The table that has the number. */
  readonly table: string;
  readonly judge: (rows: readonly Row[]) => Judgement;
}

const atMost =
  (most: number, name: string, column: string): Goal['judge'] =>
  (rows) => {
    const value = lookUp(rows, name, column);
    return { measured: inWords(value), isReached: median(value) <= most };
  };

export const goals: readonly Goal[] = [
  {
    what: 'DynamoDB calls of a warm click',
    goal: '1 write, 0 reads',
    table: 'cost',
    judge: (rows) => {
      const [writes, reads] = ['writes', 'reads'].map((calls) =>
        lookUp(rows, 'click of a new visitor', calls),
      );
      return {
        measured: `${writes} write, ${reads} reads`,
        isReached: writes === 1 && reads === 0,
      };
    },
  },
  {
    what: 'warm click, p50, against the floor',
    goal: '≤ 1.10×',
    table: 'warm',
    judge: atMost(1.1, 'hit on dynoxide', 'p50 ÷ bare'),
  },
  {
    what: 'warm click, CPU, against the floor',
    goal: '≤ 1.10×',
    table: 'warm',
    judge: atMost(1.1, 'hit on dynoxide', 'CPU ÷ bare'),
  },
  {
    what: 'cold click (import + first), against the bare-client handler',
    goal: '≤ 0.75×',
    table: 'cold',
    judge: atMost(0.75, 'hit', 'both ÷ bare'),
  },
  {
    what: 'bundle of `hit`, minified',
    goal: '≤ 260 KB',
    table: 'cold',
    judge: atMost(260, 'hit', 'loaded, KB'),
  },
  {
    what: 'other functions, cold, against the bare-client handler',
    goal: '≤ 1.15×',
    table: 'cold',
    judge: (rows) => {
      const ratio = (name: string) => median(lookUp(rows, name, 'both ÷ bare'));
      const slowest = rows
        .map(({ name }) => name)
        .filter((name) => !['empty handler', 'bare client', 'hit'].includes(name))
        .reduce((a, b) => (ratio(a) > ratio(b) ? a : b));
      const { measured, isReached } = atMost(1.15, slowest, 'both ÷ bare')(rows);
      return { measured: `${measured}, the slowest: \`${slowest}\``, isReached };
    },
  },
  {
    what: 'dollars per million clicks, all in (API, Lambda, table, index, stream, hours)',
    goal: '≤ 2.60',
    table: 'bill',
    judge: atMost(2.6, 'all that a click needs', '$ a million'),
  },
  {
    what: 'clicks a second against pinax-referrals on the same machine',
    goal: '≥ 5×',
    table: 'peer',
    judge: (rows) => {
      const ratio = lookUp(rows, 'clicks/s', 'ratio');
      return { measured: inWords(ratio), isReached: median(ratio) >= 5 };
    },
  },
  {
    what: 'p99 against pinax-referrals at equal load',
    goal: '≤ 0.3×',
    table: 'peer',
    judge: atMost(0.3, 'p99 at equal load, ms', 'ratio'),
  },
  {
    what: 'click cost from 10³ to 10⁶ rows',
    goal: 'flat within 10 %',
    table: 'growth',
    judge: (rows) => {
      const [few, many] = ['click: 10³ clicks', 'click: 10⁶ clicks'].map((name) =>
        lookUp(rows, name, 'write units'),
      );
      const ratio = lookUp(rows, 'click: 10⁶ clicks', '÷ 10³ clicks');
      return {
        measured: `${few} and ${many} write units; p50 ${inWords(ratio)}×`,
        isReached: few === many && Math.abs(median(ratio) - 1) <= 0.1,
      };
    },
  },
];

/** Judges all tables by the goals, as a table in Markdown. */
export function goalTable(tables: Tables): string {
  const lines = goals.map(({ what, goal, table, judge }) => {
    const rows = tables[table];
    if (rows === undefined) return [what, goal, 'not yet', ''];
    const { measured, isReached } = judge(rows);
    return [what, goal, measured, isReached ? 'yes' : '**no**'];
  });
  return [['what', 'goal', 'measured', 'reached'], Array(4).fill('---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
