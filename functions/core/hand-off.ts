import { createHash } from 'node:crypto';
import { arrivalAt } from './arrival.ts';
import { ReferralsError } from './errors.ts';
import { fingerprintOf } from './fingerprint.ts';
import { dayOf, dayOfHandoff, type Handoff, isFresh, openHandoff, sealHandoff } from './handoff.ts';
import { isMachine } from './machines.ts';
import { isExpired, type Referral } from './referral.ts';
import type { ClientDetails } from './response.ts';
import type { Services, Using } from './services.ts';
import { signSession } from './session.ts';

/** Bytes that AES-GCM draws anew for each handoff. */
const IV = 12;

/** Seconds for which the table remembers that a handoff was used: longer than its key. */
const REMEMBERED = 3 * 24 * 60 * 60;

/**
 * Seals a visitor's session for an app on another site.
 *
 * @returns undefined if the day's key can't be had: the visitor goes on without a session.
 */
export async function handOff(
  { keys, now, randomBytes }: Pick<Services, 'keys' | 'now' | 'randomBytes'>,
  session: string,
  code: string,
): Promise<string | undefined> {
  const clickedAt = now().getTime();
  const key = await keys.ofDay(dayOf(clickedAt)).catch(() => undefined);
  return key && sealHandoff({ session, code, clickedAt }, key, randomBytes(IV));
}

/** Services to take a handoff. */
export type TakingServices = Using<
  'claimHandoff' | 'putResponse' | 'findReferral',
  'keys' | 'now' | 'newId' | 'randomBytes' | 'findRecentReferral'
>;

/** Who asks for the session of a handoff. */
export interface Taker {
  /** Their genuine session, if they have one already. It is never replaced. */
  readonly session: string | undefined;
  readonly userId: string | undefined;
  /** The whole IP address. It is not stored. */
  readonly clientIp?: string | undefined;
}

/**
 * Exchanges a handoff for a session. The first who asks within 30 minutes gets the visitor's own. Everyone
 * later was brought by the address that the visitor passed on: they are another visitor of the same link.
 * The link's owner takes nothing from the visitor.
 *
 * @throws ReferralsError `invalid_handoff` if it was altered, is of another deployment, or is none.
 */
export async function takeHandoff(
  services: TakingServices,
  token: string,
  taker: Taker,
  client: ClientDetails,
): Promise<string> {
  const { store, keys, now, randomBytes } = services;
  const handoff = await open(services, token);
  if (taker.session !== undefined) return taker.session;
  const session = signSession(randomBytes(16), await keys.ofSessions());
  const referral = await services.findRecentReferral(handoff.code);
  if (taker.userId !== undefined && taker.userId === referral?.userId) return session;
  // Of the bytes, because a token can be written in several ways.
  const id = createHash('sha256').update(token, 'base64url').digest('base64url');
  const until = new Date(now().getTime() + REMEMBERED * 1000);
  if (isFresh(handoff, now()) && (await store.claimHandoff(id, until))) return handoff.session;
  if (referral !== undefined) await recordForwarded(services, referral, session, taker, client);
  return session;
}

async function open({ keys }: TakingServices, token: string): Promise<Handoff> {
  const day = dayOfHandoff(token);
  const key = day === undefined ? undefined : await keys.ofDay(day);
  const handoff = key && openHandoff(token, key);
  if (handoff !== undefined) return handoff;
  throw new ReferralsError(
    'invalid_handoff',
    'handoff must be the value that the redirect appended as referral_handoff, less than a day ago.',
    { field: 'handoff' },
  );
}

async function recordForwarded(
  { store, keys, newId, now }: TakingServices,
  referral: Referral,
  session: string,
  { clientIp }: Taker,
  client: ClientDetails,
): Promise<void> {
  const at = now();
  if (isExpired(referral, at)) return;
  const isHuman = !isMachine(client.userAgent);
  const dayKey = isHuman && clientIp && (await keys.ofDay(dayOf(at.getTime())));
  const arrived = { id: newId(at), at, via: 'forwarded' as const };
  const response = arrivalAt(referral, arrived, {
    kind: isHuman ? ('human' as const) : ('bot' as const),
    first: isHuman,
    session,
    ...client,
    ...(dayKey && fingerprintOf(clientIp, client.userAgent, dayKey)),
  });
  await store.putResponse(response, referral);
}
