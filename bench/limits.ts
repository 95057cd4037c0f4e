import { median } from './figure.ts';
import type { Results } from './results.ts';
import { lookUp, type Tables } from './table.ts';

const COLUMNS = ['reads', 'writes', 'read units', 'write units'];

/** The limits of CI. Raise a limit here if you have to, and say why. */
const limits = {
  /** By `COLUMNS`. We pay for them a million times, and they don't vary, because they are counted. */
  clicks: {
    'click of a new visitor': [0, 1, 0, 2],
    'click of a visitor who comes back': [2, 1, 2, 2],
    '… whose session was linked to a user': [3, 1, 3, 2],
    'click by a bot': [0, 1, 0, 2],
    'click on a link that the function has not seen': [1, 1, 1, 2],
    'click on an unknown code': [1, 0, 1, 0],
    '… again within 5 s': [0, 0, 0, 0],
  },
  /** KB that `hit` loads at once; every cold start compiles them. Now 66. */
  bundle: 72,
  /** The same, divided by the size in `results.json`. To grow more, measure again and commit the results. */
  bundleGrowth: 1.05,
  /**
   * CPU of a warm click, divided by that of the bare client. From 0.63 to 0.80 on a busy machine; the rest is for
   * more noise.
   */
  warmCpu: 0.95,
} as const;

/**
 * Compares each limit with what was measured, and prints it.
 *
 * @throws Error if anything is over its limit.
 */
export function checkLimits({ warm, cold, cost }: Tables, recorded: Results): void {
  const over: string[] = [];
  const check = (what: string, value: number, most: number) => {
    // Not a number is over every limit, too.
    const isOver = !(value <= most);
    if (isOver) over.push(what);
    const verdict = (isOver ? 'OVER' : 'ok').padEnd(6);
    console.log(`  ${verdict}${what}: ${Number(value.toFixed(3))}, at most ${most}`);
  };
  for (const [name, numbers] of Object.entries(limits.clicks)) {
    for (const [n, column] of COLUMNS.entries()) {
      check(`${name}: ${column}`, median(lookUp(cost, name, column)), numbers[n] ?? Number.NaN);
    }
  }
  const loaded = median(lookUp(cold, 'hit', 'loaded, KB'));
  check('hit: KB loaded', loaded, limits.bundle);
  if (recorded.cold) {
    const before = median(lookUp(recorded.cold.tables.cold, 'hit', 'loaded, KB'));
    check('hit: KB loaded ÷ bench/results.json', loaded / before, limits.bundleGrowth);
  }
  const cpu = median(lookUp(warm, 'hit on dynoxide', 'CPU ÷ bare'));
  check('warm click: CPU ÷ bare client', cpu, limits.warmCpu);
  if (over.length > 0) {
    throw new Error(
      `\nOver the limit: ${over.join('; ')}. Make it cheaper, or raise the limit in bench/limits.ts and say why.`,
    );
  }
  console.log('\nNothing is over its limit.');
}
