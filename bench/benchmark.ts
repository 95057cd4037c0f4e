import type { Build } from './build.ts';
import type { Figure } from './figure.ts';
import type { Floor } from './floor.ts';

/** What a benchmark works with. */
export interface Bench {
  /** What is measured: what is here, and, for `--against`, what a ref has. */
  readonly builds: readonly [Build, ...Build[]];
  readonly floor: Floor;
  /** Fewer rounds, for a look or for CI. */
  readonly quick: boolean;
  /** For files that are gone in the end. */
  readonly directory: string;
}

/** A line of a table: what was counted or measured, by the head of its column. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number | Figure>>;
}

/** What one build did, by the names of the tables. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

export interface Benchmark {
  readonly title: string;
  /** Gives the tables of each build, in the order of the builds. */
  readonly run: (bench: Bench) => Promise<readonly Tables[]>;
}
