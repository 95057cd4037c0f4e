import { randomInt } from 'node:crypto';

/**
 * What all randomness of a run begins with. It belongs into the names of tests, so that what failed can be
 * run again: `npm run test:faults -- --seed <seed>`.
 */
export const seed = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));

/** Whether the random parts run ten times as long. */
export const isLong = process.env.FAULTS_LONG !== undefined;
