import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { isObject } from '../../functions/validation/objects.ts';
import { Refusal, reasonOf } from '../refusal.ts';
import type { Progress } from './backfill.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const SavedProgress = v.object({
  pageToken: v.optional(v.string()),
  pageDone: v.array(v.string()),
  created: count,
  hadOne: count,
  unconfirmed: count,
  withoutSub: count,
  failed: count,
  failures: v.array(v.object({ sub: v.string(), reason: v.string() })),
  milliseconds: v.number(),
});
const State = v.pipe(
  v.string(),
  v.parseJson(),
  v.check(isObject),
  v.record(v.string(), SavedProgress),
);

export interface BackfillState {
  /** Loads the progress of an earlier run; undefined if there was none. */
  readonly load: () => Promise<Progress | undefined>;
  /** Replaces the saved progress, whole or not at all. */
  readonly save: (progress: Progress) => Promise<void>;
  /** Forgets this backfill. Deletes the file if it has no other backfills. */
  readonly remove: () => Promise<void>;
}

/**
 * Keeps the progress of backfills in a JSON file. One file may hold several, each under its pool and table.
 * Runs that share a file must not overlap.
 *
 * Every method throws a Refusal that names `--state` if the file can't be read or written.
 */
export function backfillState(
  file: string,
  { userPoolId, tableName }: { userPoolId: string; tableName: string },
): BackfillState {
  const key = `${userPoolId} ${tableName}`;
  const read = async () => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    const state = v.safeParse(State, text);
    if (state.success) return state.output;
    throw new Error(`${file} is not the state of a backfill. Delete it, or name another file.`);
  };
  const write = async (state: v.InferOutput<typeof State>) => {
    await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
    await rename(`${file}.new`, file);
  };
  return {
    load: named(async () => (await read())[key]),
    save: named(async (progress: Progress) => write({ ...(await read()), [key]: progress })),
    remove: named(async () => {
      const { [key]: _, ...others } = await read();
      await (Object.keys(others).length > 0 ? write(others) : rm(file, { force: true }));
    }),
  };
}

const named =
  <Parameters extends unknown[], Result>(work: (...parameters: Parameters) => Promise<Result>) =>
  (...parameters: Parameters): Promise<Result> =>
    work(...parameters).catch((error) => {
      throw new Refusal(`--state: ${reasonOf(error)}`);
    });
