import { median } from './figure.ts';
import { inWords, lookUp, type Row, type Tables } from './table.ts';

/** A number to reach. */
interface Goal {
  readonly what: string;
  readonly goal: string;
  /** The table with the number, and whether it is enough. */
  readonly table: string;
  readonly judge: (rows: readonly Row[]) => Judgement;
}

type Judgement = readonly [measured: string, isReached: boolean];

const atMost =
  (most: number, name: string, column: string): Goal['judge'] =>
  (rows) => {
    const value = lookUp(rows, name, column);
    return [inWords(value), median(value) <= most];
  };

const goals: readonly Goal[] = [
  {
    what: 'DynamoDB calls of a warm click',
    goal: '1 write, 0 reads',
    table: 'cost',
    judge: (rows) => {
      const calls = (kind: string) => lookUp(rows, 'click of a new visitor', kind);
      const [writes, reads] = [calls('writes'), calls('reads')];
      return [`${writes} write, ${reads} reads`, writes === 1 && reads === 0];
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
      const [measured, isReached] = atMost(1.15, slowest, 'both ÷ bare')(rows);
      return [`${measured}, the slowest: \`${slowest}\``, isReached];
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
      return [inWords(ratio), median(ratio) >= 5];
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
      const units = (clicks: string) => lookUp(rows, `click: ${clicks} clicks`, 'write units');
      const [few, many] = [units('10³'), units('10⁶')];
      const ratio = lookUp(rows, 'click: 10⁶ clicks', '÷ 10³ clicks');
      const isFlat = few === many && Math.abs(median(ratio) - 1) <= 0.1;
      return [`${few} and ${many} write units; p50 ${inWords(ratio)}×`, isFlat];
    },
  },
];

/** Judges the tables by the goals. Gives the cells of a table. */
export const judge = (tables: Tables): string[][] => [
  ['what', 'goal', 'measured', 'reached'],
  ['---', '---', '---', '---'],
  ...goals.map(({ what, goal, table, judge }) => {
    const rows = tables[table];
    if (rows === undefined) return [what, goal, 'not yet', ''];
    const [measured, isReached] = judge(rows);
    return [what, goal, measured, isReached ? 'yes' : '**no**'];
  }),
];
