import type { Build } from './build.ts';
import type { Tables } from './table.ts';

/** What every benchmark gets. */
export interface Bench {
  /** The builds to measure: the working tree and, with `--against`, a git ref. */
  readonly builds: readonly [Build, ...Build[]];
  /** The handlers to compare with, and the program that stands in for Lambda. */
  readonly floor: Build;
  /** Fewer rounds, for a first look or for CI. */
  readonly quick: boolean;
  /** For temporary files. */
  readonly directory: string;
}

export interface Benchmark {
  readonly title: string;
  /** Gives the tables of each build, in the order of the builds. */
  readonly run: (bench: Bench) => Promise<readonly Tables[]>;
}
