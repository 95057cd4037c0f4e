import { isbot } from 'isbot';
import { unknownCode } from './errors.ts';
import { resolveRedirect } from './redirect.ts';
import { isCode, isExpired, type Referral } from './referral.ts';
import { type ClientDetails, RESPONDED, type Response, type ResponseKind } from './response.ts';
import type { Using } from './services.ts';
import { isSession } from './visitor.ts';

/** The data of a click. All of it can be forged, so none of it is trusted. */
export interface Click extends ClientDetails {
  readonly code: string;
  readonly method: string;
  /** The session of a returning visitor; any other value is ignored. */
  readonly session: string | undefined;
  /** A destination that replaces the referral's; ignored if it is not allowed. */
  readonly redirectTo: string | undefined;
  /** The header `Sec-Purpose` or its predecessor `Purpose`. */
  readonly purpose: string | undefined;
}

export interface Redirect {
  readonly location: string;
  /** The result of the click. A click on an expired link is not recorded. */
  readonly outcome: ResponseKind | 'queued' | 'expired';
  /** Why it was queued. */
  readonly failure?: Error;
  /** The session of a human visitor. */
  readonly session: string | undefined;
}

/** A click that is not stored yet. `kind` and `first` are missing if the visitor is not looked up yet. */
export type PendingClick = Omit<Response, keyof Classification> & Partial<Classification>;

type Classification = Pick<Response, 'kind' | 'first'>;

/** Services to store a click. */
type StoringServices = Using<
  'findReferral' | 'putResponse' | 'findSessionUser' | 'hasResponded',
  'findRecentReferral'
>;

/** The part of the store that a click uses. */
export type ClickStore = StoringServices['store'];

/** Services to record a click. */
export interface ClickServices
  extends StoringServices,
    Using<
      never,
      'now' | 'newId' | 'newSession',
      'appUrl' | 'redirectOrigins' | 'defaultRedirectTo'
    > {
  readonly store: ClickStore;
  /**
   * Waits for a promise, but only as long as a visitor can wait.
   *
   * @throws ReferralsError `unavailable` if it takes longer.
   */
  readonly inTime: <Result>(promise: Promise<Result>) => Promise<Result>;
  /**
   * Queues a click that could not be stored, to store it later. Undefined if there is no queue.
   *
   * @throws ReferralsError `unavailable` if queueing fails too.
   */
  readonly queueClick: ((click: PendingClick) => Promise<void>) | undefined;
}

/**
 * Records a click and returns the redirect for the visitor. A new visitor costs one write. A visitor with a
 * session costs two more reads, which find out whether the click is the first one, and whether it is the
 * owner's. A click that can't be stored now is queued with its id and time.
 *
 * @throws ReferralsError `unknown_code`, or `unavailable` if the referral can't be read, or if the click
 *   can be neither stored nor queued.
 */
export async function recordClick(services: ClickServices, click: Click): Promise<Redirect> {
  const { settings, inTime, queueClick, newSession } = services;
  const found = isCode(click.code) && (await services.findRecentReferral(click.code));
  if (!found) throw unknownCode();
  const now = services.now();
  if (isExpired(found, now)) {
    return { location: settings.defaultRedirectTo, outcome: 'expired', session: undefined };
  }

  const classification = classify(click);
  const isMachine = classification !== undefined && classification.kind !== 'human';
  // A machine never gets a visitor's session, so that its click can't get credit.
  const session = isSession(click.session) && !isMachine ? click.session : newSession();
  const { code, userId: referrerId } = found;
  const { httpReferer, userAgent, ip } = click;
  const pending: PendingClick = {
    id: services.newId(now),
    code,
    ...(referrerId && { referrerId }),
    action: RESPONDED,
    ...classification,
    session,
    ...(httpReferer && { httpReferer }),
    ...(userAgent && { userAgent }),
    ...(ip && { ip }),
    createdAt: now.toISOString(),
  };
  const store = async () => {
    const response = await classified(services, pending, found);
    await services.store.putResponse(response, found);
    return { outcome: response.kind };
  };
  const stored = await inTime(store()).catch(async (failure) => {
    if (queueClick === undefined) throw failure;
    await queueClick(pending);
    return { outcome: 'queued' as const, failure };
  });
  const override = click.redirectTo && resolveRedirect(click.redirectTo, settings);
  return {
    location: override || found.redirectTo,
    ...stored,
    session: isMachine ? undefined : session,
  };
}

/**
 * Stores a queued click. Repeating it changes nothing.
 *
 * @throws ReferralsError `unknown_code`.
 */
export async function storeClick(
  services: StoringServices,
  { first, kind, ...click }: PendingClick,
): Promise<void> {
  const referral = await services.findRecentReferral(click.code);
  if (referral === undefined) throw unknownCode();
  // A visitor who was new when they clicked may have come back since then.
  const known = first === false && kind !== undefined ? { first, kind } : {};
  const response = await classified(services, { ...click, ...known }, referral);
  await services.store.putResponse(response, referral);
}

/** Classifies a click by its request alone. Returns undefined for a returning visitor. */
function classify(click: Click): Classification | undefined {
  if (click.method === 'HEAD' || /\bprefetch\b/i.test(click.purpose ?? '')) {
    return { kind: 'prefetch', first: false };
  }
  if (isbot(click.userAgent)) return { kind: 'bot', first: false };
  return isSession(click.session) ? undefined : { kind: 'human', first: true };
}

/** Adds the classification to a click. Looks up the visitor if necessary. */
async function classified(
  { store }: StoringServices,
  click: PendingClick,
  { code, userId: owner }: Referral,
): Promise<Response> {
  const { id, kind, first, session = '' } = click;
  if (kind !== undefined && first !== undefined) return { ...click, kind, first };
  const [userId, sessionResponded] = await Promise.all([
    store.findSessionUser(session),
    store.hasResponded({ session }, code, id),
  ]);
  if (userId !== undefined && userId === owner) return { ...click, kind: 'own', first: false };
  const responded =
    sessionResponded || (userId !== undefined && (await store.hasResponded({ userId }, code, id)));
  return { ...click, kind: 'human', first: !responded };
}
