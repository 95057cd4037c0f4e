import { type CipherKey, createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a session: what was drawn, and the signature over it. */
const RANDOM = 16;
const SIGNATURE = 8;

/** What a session looks like: 24 bytes in base64url. A colon can't occur, so none is taken for `user:<sub>`. */
export const SESSION = /^[A-Za-z0-9_-]{32}$/;

/** Whether a value that came from outside looks like a session. Only its signature tells whether it is one. */
export const isSession = (value: unknown): value is string =>
  typeof value === 'string' && SESSION.test(value);

/**
 * Makes a session from 16 random bytes. The signature lets a made-up session be refused without a read.
 *
 * @param key of the deployment, 32 bytes.
 */
export const signSession = (random: Uint8Array, key: CipherKey): string =>
  Buffer.concat([random, signatureOf(random, key)]).toString('base64url');

/** Whether this deployment has made a session. */
export function isGenuine(session: string, key: CipherKey): boolean {
  if (!isSession(session)) return false;
  const bytes = Buffer.from(session, 'base64url');
  const random = bytes.subarray(0, RANDOM);
  return timingSafeEqual(bytes.subarray(RANDOM), signatureOf(random, key));
}

const signatureOf = (random: Uint8Array, key: CipherKey): Buffer =>
  createHmac('sha256', key).update(random).digest().subarray(0, SIGNATURE);
