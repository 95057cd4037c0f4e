import { arrivalAt, type Classification, classified } from './arrival.ts';
import { findSpelled } from './codes.ts';
import { ReferralsError, unknownCode } from './errors.ts';
import { fingerprintOf } from './fingerprint.ts';
import { dayOf } from './handoff.ts';
import { codeInPath, isExpired, type Referral } from './referral.ts';
import type { ClientDetails, Response } from './response.ts';
import type { Using } from './services.ts';
import { signSession } from './session.ts';
import { type CreditingServices, creditSignUp } from './sign-up.ts';
import type { Visitor } from './visitor.ts';

/** Seconds for which typing the same code again is the same arrival. */
const DAY = 24 * 60 * 60;

// No client can send these keys, because keys from clients have no control characters.
const ENTERED = '\u0000TYPED#';
const AT_SIGN_UP = '\u0000TYPED_AT_SIGN_UP';

/** Services to find the referral of a typed code. */
type FindingServices = Using<never, 'findRecentReferral' | 'now', 'code'>;

/** Services to record a visitor who typed a code. */
export type EnteringServices = FindingServices &
  CreditingServices &
  Using<'standingOf', 'randomBytes' | 'keys'>;

/** The code in what a person typed or pasted: with spaces around it, or as a whole link. */
export const codeInText = (text: string): string | undefined =>
  codeInPath(
    text
      .trim()
      .replace(/^\S*\/r\//, '')
      .replace(/[?#].*$/s, ''),
  );

/**
 * Records that a visitor came by a code that they typed, and credits a user's sign-up if that is still to be
 * done. Typing the code again within a day records nothing, unless the visitor has come by another link
 * meanwhile.
 *
 * @param known undefined for a visitor without a session.
 * @param clientIp the whole IP address. It is not stored.
 * @returns the visitor, with a new session if they had none.
 * @throws ReferralsError `unknown_code` if it leads to no live referral, `invalid_field` if it is the visitor's
 *   own.
 */
export async function enterCode(
  services: EnteringServices,
  known: Visitor | undefined,
  text: string,
  { clientIp, ...client }: ClientDetails & { readonly clientIp?: string | undefined },
): Promise<Visitor> {
  const { store, newId, keys, randomBytes } = services;
  const at = services.now();
  const referral = await findTyped(services, text);
  if (referral === undefined) throw unknownCode();
  const visitor = known ?? { session: signSession(randomBytes(16), await keys.ofSessions()) };
  const userId = 'userId' in visitor ? visitor.userId : undefined;
  if (userId !== undefined && userId === referral.userId) throw ownCode();
  const latest = await latestOf(store, visitor);
  if (latest === undefined || !isSameArrival(latest, referral, at)) {
    const arrived = { id: newId(at), at, via: 'typed' as const };
    const dayKey = known === undefined && clientIp && (await keys.ofDay(dayOf(at.getTime())));
    const arrival = arrivalAt(referral, arrived, {
      ...visitor,
      ...client,
      ...(dayKey && fingerprintOf(clientIp, client.userAgent, dayKey)),
    });
    const response =
      userId === undefined
        ? await classified(services, arrival, referral)
        : { ...arrival, ...(await classifiedUser(store, [visitor], arrival)) };
    if (response.kind === 'own') throw ownCode();
    // Calls at the same time have the same latest response, so they are one.
    const key = `${ENTERED}${referral.code}#${latest?.id ?? ''}`;
    const request = { visitor, key, fingerprint: '', lifetime: DAY };
    await store.putResponseOnce(request, at, { response, referral });
  }
  // Also after the same arrival: what has recorded it may have failed before this.
  if (userId !== undefined) await creditSignUp(services, userId);
  return visitor;
}

/** Services to record a new user who typed a code. */
export type EnteringAtSignUpServices = FindingServices &
  Using<'putResponseOnce' | 'standingOf', 'newId'>;

/**
 * Records that a new user came by a code that they typed at their sign-up, once for ever. Their own code is
 * ignored.
 *
 * @param own the user's own link. The arrival has its time, so that the user is new to it, whenever this is tried
 *   again.
 * @param session the session that the sign-up came with.
 * @returns false if the code leads to no live referral.
 */
export async function enterCodeAtSignUp(
  services: EnteringAtSignUpServices,
  own: Referral,
  text: string,
  session: string | undefined,
): Promise<boolean> {
  const { store, now, newId } = services;
  const referral = await findTyped(services, text);
  if (referral === undefined) return false;
  const { userId } = own;
  if (userId === undefined || userId === referral.userId) return true;
  const at = new Date(own.createdAt);
  const arrived = { id: newId(at), at, via: 'typed' as const };
  const visitors = [{ userId }, ...(session === undefined ? [] : [{ session }])];
  const arrival = arrivalAt(referral, arrived, { userId });
  const response = { ...arrival, ...(await classifiedUser(store, visitors, arrival)) };
  const request = {
    visitor: { userId },
    key: AT_SIGN_UP,
    fingerprint: '',
    lifetime: Number.POSITIVE_INFINITY,
  };
  await store.putResponseOnce(request, now(), { response, referral });
  return true;
}

/** The live referral of a typed code. */
async function findTyped(services: FindingServices, text: string): Promise<Referral | undefined> {
  const code = codeInText(text);
  const found = code === undefined ? undefined : await findSpelled(services, code);
  return found === undefined || isExpired(found, services.now()) ? undefined : found;
}

async function latestOf(
  store: EnteringServices['store'],
  visitor: Visitor,
): Promise<Response | undefined> {
  for await (const response of store.responsesOf(visitor, 'newest')) return response;
  return undefined;
}

/** Whether a visitor's latest response is due to the same code, typed less than a day ago. */
const isSameArrival = (
  { code, via, respondedAt, createdAt }: Response,
  referral: Referral,
  at: Date,
): boolean =>
  code === referral.code &&
  via === 'typed' &&
  at.getTime() - Date.parse(respondedAt ?? createdAt) < DAY * 1000;

/**
 * Classifies the arrival of a user.
 *
 * @param visitors the user, and the session that is about to become theirs.
 */
async function classifiedUser(
  store: Using<'standingOf'>['store'],
  visitors: readonly Visitor[],
  { code, id }: Pick<Response, 'code' | 'id'>,
): Promise<Classification> {
  const standings = visitors.map((visitor) => store.standingOf(visitor, code, id));
  const isNew = (await Promise.all(standings)).every((standing) => standing === 'new');
  return { kind: 'human', first: isNew };
}

const ownCode = () =>
  new ReferralsError('invalid_field', 'code must be the code of somebody else.', { field: 'code' });
