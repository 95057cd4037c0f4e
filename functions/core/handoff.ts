import { type CipherKey, createCipheriv, createDecipheriv } from 'node:crypto';

/** Bytes of AES-256-GCM, as NIST SP 800-38D recommends them. */
const IV = 12;
const TAG = 16;
/** Bytes of a session, of the day that the key is of, and of a time in milliseconds. */
const SESSION = 24;
const DAY = 4;
const TIME = 6;

/** Milliseconds of a day. */
const DAY_LENGTH = 86_400_000;

/** Minutes for which the first who asks gets the session. */
const LIFETIME = 30;

/** What a handoff carries from the redirect to an app on another site. */
export interface Handoff {
  readonly session: string;
  /** Of the link that was clicked. */
  readonly code: string;
  /** Epoch milliseconds of the click. */
  readonly clickedAt: number;
}

/** The number of the day that a time lies in, in UTC; each day has a key of its own. */
export const dayOf = (time: number): number => Math.floor(time / DAY_LENGTH);

/** Whether the session may still be handed out. */
export const isFresh = ({ clickedAt }: Handoff, now: Date): boolean =>
  now.getTime() - clickedAt <= LIFETIME * 60_000;

/**
 * Seals a handoff with the key of its day: `<day><iv><encrypted><tag>` in base64url.
 *
 * @param iv 12 random bytes, never used twice with a key.
 */
export function sealHandoff(
  { session, code, clickedAt }: Handoff,
  key: CipherKey,
  iv: Uint8Array,
): string {
  const day = Buffer.alloc(DAY);
  day.writeUInt32BE(dayOf(clickedAt));
  const time = Buffer.alloc(TIME);
  time.writeUIntBE(clickedAt, 0, TIME);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(day);
  const content = Buffer.concat([Buffer.from(session, 'base64url'), time, Buffer.from(code)]);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([day, iv, encrypted, cipher.getAuthTag()]).toString('base64url');
}

/** The day whose key opens a token; undefined if it can't be a handoff. */
export function dayOfHandoff(token: string): number | undefined {
  const bytes = Buffer.from(token, 'base64url');
  return bytes.length > DAY + IV + SESSION + TIME + TAG ? bytes.readUInt32BE() : undefined;
}

/** Opens a handoff; undefined if it was altered, or sealed with another key. */
export function openHandoff(token: string, key: CipherKey): Handoff | undefined {
  const bytes = Buffer.from(token, 'base64url');
  const [iv, end] = [DAY + IV, bytes.length - TAG];
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(DAY, iv))
      .setAAD(bytes.subarray(0, DAY))
      .setAuthTag(bytes.subarray(end));
    const content = Buffer.concat([decipher.update(bytes.subarray(iv, end)), decipher.final()]);
    return {
      session: content.subarray(0, SESSION).toString('base64url'),
      clickedAt: content.readUIntBE(SESSION, TIME),
      code: content.subarray(SESSION + TIME).toString(),
    };
  } catch {
    return undefined;
  }
}
