import { randomInt } from 'node:crypto';

/**
 * The seed of all randomness in a run. Put it into the titles of tests, so that a failed test can be repeated:
 * `npm run test:faults -- --seed <seed>`.
 */
export const seed = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));

/** Whether the random parts run ten times as long. */
export const isLong = process.env.FAULTS_LONG !== undefined;
