import { randomBytes, randomUUID } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';
import { deploymentKeys } from '../functions/core/deployment-keys.ts';
import { handOff } from '../functions/core/hand-off.ts';
import type { Referral } from '../functions/core/referral.ts';
import { RESPONDED, type Response } from '../functions/core/response.ts';
import { signSession } from '../functions/core/session.ts';
import type { Table } from '../functions/store/client.ts';
import { responseItem } from '../functions/store/responses.ts';
import type { Services } from './database.ts';

/** A link with some clicks on it. */
export interface Scene {
  /** The link's owner. */
  readonly userId: string;
  readonly referral: Referral;
  /** The session of the first visitor who clicked; a new one if nobody did. */
  readonly session: string;
  /** A handoff of the session, as it is in the address of a landing page; empty where no visitor is measured. */
  readonly handoff: string;
  /** Clicks of different visitors. */
  readonly clicks: readonly Response[];
}

/** The browser of every visitor. */
export const visitor = {
  httpReferer: 'https://blog.example.com/2026/11/what-we-use-and-why',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  ip: '198.51.100.23',
};

/** Stores a new link and clicks on it, so that earlier measurements have no effect on the next. */
export async function setScene(
  { store }: Services,
  { clicks: count = 1, at = new Date() } = {},
): Promise<Scene> {
  const userId = randomUUID();
  const referral = newReferral(userId, at);
  await store.createReferral(referral, []);
  const now = () => new Date();
  const keys = deploymentKeys({ store, randomBytes, now });
  const key = await keys.ofSessions();
  const newSession = () => signSession(randomBytes(16), key);
  const clicks = Array.from({ length: count }, () => newClick(referral, at, newSession()));
  for (const click of clicks) await store.putResponse(click, referral);
  const session = clicks[0]?.session ?? newSession();
  const handoff = (await handOff({ keys, now, randomBytes }, session, referral.code)) ?? '';
  return { userId, referral, clicks, session, handoff };
}

/** Makes a link without storing it. */
export function newReferral(userId: string, at: Date): Referral {
  const id = ulid(at.getTime());
  return {
    id,
    code: id.slice(-10),
    userId,
    redirectTo: 'https://app.example.com/welcome',
    createdAt: at.toISOString(),
    buckets: 1,
  };
}

/** A session that no deployment has made, as long as one. */
export const anySession = () => randomBytes(24).toString('base64url');

/** Makes a new visitor's click without storing it, with everything that a browser sends. */
export const newClick = (
  { code, userId }: Referral,
  at: Date,
  session = anySession(),
): Response => ({
  id: ulid(at.getTime()),
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

/** The item of a click, as the store puts it. */
export const clickItem = (click: Response, referral: Referral) =>
  marshall(responseItem(click, referral, {} as Table));

/** What `lambda/bare.ts` reads: the item that it is to put. */
export const bareEnvironment = ({ referral }: Scene) => ({
  CLICK_ITEM: JSON.stringify(clickItem(newClick(referral, new Date()), referral)),
});
