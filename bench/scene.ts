import { randomUUID } from 'node:crypto';
import { ulid } from 'ulid';
import type { Referral } from '../functions/core/referral.ts';
import { RESPONDED, type Response } from '../functions/core/response.ts';
import type { Services } from '../functions/core/services.ts';
import { visitor } from './events.ts';

/** A link with some clicks on it. */
export interface Scene {
  /** The link's owner. */
  readonly userId: string;
  readonly referral: Referral;
  /** Of the first visitor who clicked. */
  readonly session: string;
  /** Each by a visitor of its own. */
  readonly clicks: readonly Response[];
}

export interface SceneOptions {
  readonly clicks?: number;
  /** When the clicks are; now, where it is left out. */
  readonly at?: Date;
}

/** Sets a scene of its own, in which nothing of another measurement is seen. */
export async function setScene(
  { store, newSession }: Services,
  { clicks: count = 1, at = new Date() }: SceneOptions = {},
): Promise<Scene> {
  const userId = randomUUID();
  const referral = newReferral(userId, at);
  await store.createReferral(referral, []);
  const clicks = Array.from({ length: count }, () => newClick(referral, newSession(), at));
  for (const click of clicks) await store.putResponse(click, referral);
  return { userId, referral, clicks, session: clicks[0]?.session ?? newSession() };
}

/** A link that is not stored yet. */
export function newReferral(userId: string, at: Date, id = ulid(at.getTime())): Referral {
  return {
    id,
    code: id.slice(-10),
    userId,
    redirectTo: 'https://app.example.com/welcome',
    createdAt: at.toISOString(),
    buckets: 1,
  };
}

/** A click by a new visitor that is not stored yet, with all that one by a browser has. */
export const newClick = (
  { code, userId }: Referral,
  session: string,
  at: Date,
  id = ulid(at.getTime()),
): Response => ({
  id,
  code,
  ...(userId && { referrerId: userId }),
  action: RESPONDED,
  kind: 'human',
  first: true,
  trusted: true,
  via: 'link',
  session,
  ...visitor,
  createdAt: at.toISOString(),
});
