import { median } from './figure.ts';
import { inWords, lookUp, type Row, type Tables } from './table.ts';

/** A number to reach. */
interface Goal {
  readonly what: string;
  /** At most or at least a number, unless `judge` says what it means. */
  readonly goal: string;
  readonly table: string;
  /** Row and column of the number in the table. */
  readonly at?: readonly [row: string, column: string];
  readonly judge?: (rows: readonly Row[]) => Judgement;
}

type Judgement = readonly [measured: string, isReached: boolean];

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
    what: 'warm click, p50, against the bare client',
    goal: '≤ 0.70×',
    table: 'warm',
    at: ['hit on dynoxide', 'p50 ÷ bare'],
  },
  {
    what: 'warm click, CPU, against the bare client',
    goal: '≤ 0.50×',
    table: 'warm',
    at: ['hit on dynoxide', 'CPU ÷ bare'],
  },
  {
    what: 'cold click (import + first), against the bare-client handler',
    goal: '≤ 0.30×',
    table: 'cold',
    at: ['hit', 'both ÷ bare'],
  },
  {
    what: 'bundle of `hit`, minified',
    goal: '≤ 80 KB',
    table: 'cold',
    at: ['hit', 'loaded, KB'],
  },
  {
    what: 'other functions, cold, against the bare-client handler',
    goal: '≤ 1.15×',
    table: 'cold',
    judge: (rows) => {
      const ratio = (name: string) => lookUp(rows, name, 'both ÷ bare');
      const slowest = rows
        .map(({ name }) => name)
        .filter((name) => !['empty handler', 'bare client', 'hit'].includes(name))
        .reduce((a, b) => (median(ratio(a)) > median(ratio(b)) ? a : b));
      const measured = `${inWords(ratio(slowest))}, the slowest: \`${slowest}\``;
      return [measured, median(ratio(slowest)) <= 1.15];
    },
  },
  {
    what: 'dollars a million clicks, 100 busy links, by the defaults, with logs',
    goal: '≤ 3.00',
    table: 'bill',
    at: ['all, by the defaults', '100 busy links'],
  },
  {
    what: 'the same, 10,000 quiet links, a million a month',
    goal: '≤ 4.00',
    table: 'bill',
    at: ['all, by the defaults', '10,000 quiet links'],
  },
  {
    what: 'dollars a month of a stack that nobody uses',
    goal: '≤ 1.00',
    table: 'idle',
    at: ['all, a month', 'by the defaults'],
  },
  {
    what: 'the same with alarms',
    goal: '≤ 3.00',
    table: 'idle',
    at: ['all, a month', 'with alarms'],
  },
  {
    what: 'DynamoDB calls of a page of 20 links with their counts',
    goal: '≤ 10',
    table: 'cost',
    at: ['page of 20 links, with their counts', 'reads'],
  },
  {
    what: 'counts of a link during 2,000 clicks a second, ms',
    goal: '≤ 1000',
    table: 'viral',
    at: ['counts, while they are counted step by step, ms', 'measured'],
  },
  {
    what: '… and up to when they count, minutes ago',
    goal: '≤ 20',
    table: 'viral',
    at: ['age of `countedUntil` at most, minutes', 'measured'],
  },
  {
    what: '… and the longest run of the closer, s',
    goal: '≤ 120',
    table: 'viral',
    at: ['the run that counts the clicks of five minutes, s', 'measured'],
  },
  {
    what: 'queries of a read, a day after a link had 256 partitions',
    goal: '≤ 8',
    table: 'viral',
    at: ['queries of a read, a day after the link had 256 partitions', 'measured'],
  },
  {
    what: 'clicks a second against pinax-referrals on the same machine',
    goal: '≥ 4×',
    table: 'peer',
    at: ['clicks/s', 'ratio'],
  },
  {
    what: 'p99 against pinax-referrals at equal load',
    goal: '≤ 0.3×',
    table: 'peer',
    at: ['p99 at equal load, ms', 'ratio'],
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
  ...goals.map(({ what, goal, table, at: [row, column] = ['', ''], judge }) => {
    const rows = tables[table];
    if (rows === undefined) return [what, goal, 'not yet', ''];
    const [measured, isReached] = judge?.(rows) ?? compare(goal, lookUp(rows, row, column));
    return [what, goal, measured, isReached ? 'yes' : '**no**'];
  }),
];

/** @param goal such as `≤ 1.10×`. */
function compare(goal: string, value: Row['figures'][string]): Judgement {
  const limit = Number.parseFloat(goal.slice(2));
  const isReached = goal.startsWith('≤') ? median(value) <= limit : median(value) >= limit;
  return [inWords(value), isReached];
}
