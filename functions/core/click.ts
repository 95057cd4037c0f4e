import { isbot } from 'isbot';
import { unknownCode } from './errors.ts';
import { resolveRedirect } from './redirect.ts';
import { isCode, isExpired, type Referral } from './referral.ts';
import { type ClientDetails, RESPONDED, type Response, type ResponseKind } from './response.ts';
import type { Using } from './services.ts';
import { isSession } from './visitor.ts';

/** What a click brings along; all of it can be forged, none of it is trusted. */
export interface Click extends ClientDetails {
  readonly code: string;
  readonly method: string;
  /** The session of a visitor who was here before; anything else is ignored. */
  readonly session: string | undefined;
  /** Another destination than the referral's; ignored where it is not allowed. */
  readonly redirectTo: string | undefined;
  /** `Sec-Purpose` or its forerunner `Purpose`. */
  readonly purpose: string | undefined;
}

export interface Redirect {
  readonly location: string;
  /** What became of the click; on a link that has expired it is not recorded. */
  readonly outcome: ResponseKind | 'queued' | 'expired';
  /** Why it was queued. */
  readonly failure?: Error;
  /** The session a human goes on with. */
  readonly session: string | undefined;
}

/** A click on its way into the table; without `kind` and `first` where it is not known yet who it is. */
export type PendingClick = Omit<Response, keyof Classification> & Partial<Classification>;

type Classification = Pick<Response, 'kind' | 'first'>;

/** What storing a click uses. */
type StoringServices = Using<
  'findReferral' | 'putResponse' | 'findSessionUser' | 'hasResponded',
  'findRecentReferral'
>;

/** What of the store a click uses. */
export type ClickStore = StoringServices['store'];

/** What recording a click uses. */
export interface ClickServices
  extends StoringServices,
    Using<
      never,
      'now' | 'newId' | 'newSession',
      'appUrl' | 'redirectOrigins' | 'defaultRedirectTo'
    > {
  readonly store: ClickStore;
  /**
   * Waits for something no longer than a visitor can be kept waiting.
   *
   * @throws ReferralsError `unavailable` where it takes longer.
   */
  readonly inTime: <Result>(promise: Promise<Result>) => Promise<Result>;
  /**
   * Puts a click that could not be stored where it is stored later; undefined where there is no such place.
   *
   * @throws ReferralsError `unavailable` where that can't be done either.
   */
  readonly queueClick: ((click: PendingClick) => Promise<void>) | undefined;
}

/**
 * Records a click and says where to send the visitor. A new visitor costs one write; one who comes back
 * with a session costs two reads more, which find out whether it is the first click and not the owner's.
 * A click that can't be stored now is queued under the id and time that it has.
 *
 * @throws ReferralsError `unknown_code`, or `unavailable` where the referral can't be looked up, or the
 *   click neither stored nor queued.
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
  // Machines are nobody's session, so that they can't be credited for anything.
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
 * Stores a click that was queued. Again and again is the same as once.
 *
 * @throws ReferralsError `unknown_code`.
 */
export async function storeClick(
  services: StoringServices,
  { first, kind, ...click }: PendingClick,
): Promise<void> {
  const referral = await services.findRecentReferral(click.code);
  if (referral === undefined) throw unknownCode();
  // Who was new when they clicked may have come back in the meantime.
  const known = first === false && kind !== undefined ? { first, kind } : {};
  const response = await classified(services, { ...click, ...known }, referral);
  await services.store.putResponse(response, referral);
}

/** Who clicks, as far as the request alone tells; undefined for a visitor who was here before. */
function classify(click: Click): Classification | undefined {
  if (click.method === 'HEAD' || /\bprefetch\b/i.test(click.purpose ?? '')) {
    return { kind: 'prefetch', first: false };
  }
  if (isbot(click.userAgent)) return { kind: 'bot', first: false };
  return isSession(click.session) ? undefined : { kind: 'human', first: true };
}

/** The click with its classification, for which the visitor is looked up where need be. */
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
