import type { KeyObject } from 'node:crypto';
import type { Referral } from './referral.ts';
import { type Arrival, RESPONDED, type Response } from './response.ts';
import type { Using } from './services.ts';
import { signSession } from './session.ts';

/** The response of a visitor who arrives. `kind` and `first` are missing if the visitor is not looked up yet. */
export type PendingArrival = Omit<Response, keyof Classification> & Partial<Classification>;

export type Classification = Pick<Response, 'kind' | 'first'>;

/** Services to look up a visitor. */
export type ClassifyingServices = Using<'findSessionUser' | 'standingOf', 'randomBytes'>;

/** Makes the response of a visitor who arrives at a referral. */
export const arrivalAt = <Details extends Partial<Response>>(
  { code, userId: referrerId }: Referral,
  { id, at, via }: { readonly id: string; readonly at: Date; readonly via: Arrival },
  details: Details,
) => ({
  id,
  code,
  ...(referrerId && { referrerId }),
  action: RESPONDED,
  trusted: true,
  via,
  ...details,
  createdAt: at.toISOString(),
});

/** Adds the classification to an arrival with a session. Looks up the visitor if necessary. */
export async function classified(
  { store, randomBytes }: ClassifyingServices,
  arrival: PendingArrival,
  { code, userId: owner }: Referral,
): Promise<Response> {
  const { id, kind, first, session = '' } = arrival;
  if (kind !== undefined && first !== undefined) return { ...arrival, kind, first };
  const [user, standing] = await Promise.all([
    store.findSessionUser(session),
    store.standingOf({ session }, code, id),
  ]);
  const userId = user?.userId;
  if (userId !== undefined && userId === owner) return { ...arrival, kind: 'own', first: false };
  // The rows of a session are bounded; what comes on top is nobody's.
  if (standing === 'full') {
    return {
      ...arrival,
      session: drawSession(randomBytes, undefined),
      kind: 'human',
      first: false,
    };
  }
  const isNew =
    standing === 'new' &&
    (userId === undefined || (await store.standingOf({ userId }, code, id)) === 'new');
  return { ...arrival, kind: 'human', first: isNew };
}

/** A session; without a key one that nobody can go on with. */
export const drawSession = (
  randomBytes: ClassifyingServices['randomBytes'],
  key: KeyObject | undefined,
): string =>
  key ? signSession(randomBytes(16), key) : Buffer.from(randomBytes(24)).toString('base64url');
