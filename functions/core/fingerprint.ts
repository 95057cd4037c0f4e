import { type CipherKey, createHmac } from 'node:crypto';
import { hostOf } from './ip.ts';
import type { Response } from './response.ts';

/** Bytes of a hash. That any two of 100,000 visitors share one has a chance of 1 in 50,000. */
const SIZE = 6;

/**
 * Hashes that tell visitors without a session apart. They are the same for a day, and can't be turned back
 * once the day's key is gone.
 */
export type Fingerprint = Required<Pick<Response, 'fingerprint' | 'ipHash'>>;

/** Makes the fingerprint of a visitor with the key of the day. */
export function fingerprintOf(clientIp: string, userAgent = '', key: CipherKey): Fingerprint {
  const host = hostOf(clientIp);
  return { fingerprint: hash(`${host}\n${userAgent}`, key), ipHash: hash(host, key) };
}

/** Whether a response has a fingerprint. */
export const hasFingerprint = <Of extends Partial<Fingerprint>>(
  response: Of,
): response is Of & Fingerprint =>
  response.fingerprint !== undefined && response.ipHash !== undefined;

const hash = (text: string, key: CipherKey): string =>
  createHmac('sha256', key).update(text).digest().subarray(0, SIZE).toString('base64url');
