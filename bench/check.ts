import { median } from './figure.ts';
import { limits } from './limits.ts';
import type { Results } from './results.ts';
import { lookUp, type Tables } from './table.ts';

/**
 * Compares measurements with the limits of CI, and prints each.
 *
 * @throws Error if anything is over its limit.
 */
export function check({ warm, cold, cost }: Tables, recorded: Results): void {
  const over: string[] = [];
  const compare = (what: string, measured: number, most: number) => {
    // NaN is over every limit.
    const isOver = !(measured <= most);
    if (isOver) over.push(what);
    const verdict = (isOver ? 'OVER' : 'ok').padEnd(6);
    console.log(`  ${verdict}${what}: ${Number(measured.toFixed(3))}, at most ${most}`);
  };

  for (const [name, columns] of Object.entries(limits.clicks)) {
    for (const [column, most] of Object.entries(columns)) {
      compare(`${name}: ${column}`, median(lookUp(cost, name, column)), most);
    }
  }
  const loaded = median(lookUp(cold, 'hit', 'loaded, KB'));
  compare('hit: KB loaded', loaded, limits.bundle);
  if (recorded.cold) {
    const before = median(lookUp(recorded.cold.tables.cold, 'hit', 'loaded, KB'));
    compare('hit: KB loaded ÷ bench/results.json', loaded / before, limits.bundleGrowth);
  }
  const cpu = median(lookUp(warm, 'hit on dynoxide', 'CPU ÷ bare'));
  compare('warm click: CPU ÷ floor', cpu, limits.warmCpu);

  if (over.length > 0) {
    throw new Error(
      `\nOver the limit: ${over.join('; ')}. Make it cheaper, or raise the limit in bench/limits.ts and say why.`,
    );
  }
  console.log('\nNothing is over its limit.');
}
