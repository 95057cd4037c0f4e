import {
  arrivalAt,
  type Classification,
  type ClassifyingServices,
  classified,
  drawSession,
  type PendingArrival,
} from './arrival.ts';
import { findSpelled } from './codes.ts';
import { unknownCode } from './errors.ts';
import { fingerprintOf } from './fingerprint.ts';
import { dayOf } from './handoff.ts';
import { type LinkingServices, linkSession } from './link.ts';
import { isMachine } from './machines.ts';
import { resolveRedirect } from './redirect.ts';
import { isCode, isExpired } from './referral.ts';
import type { Arrival, Campaign, ClientDetails, ResponseKind } from './response.ts';
import type { Using } from './services.ts';
import { isGenuine } from './session.ts';

/** Kinds of clicks that a request alone can have. */
export const requestKinds = ['human', 'bot', 'prefetch'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** The parts of a request that tell the kind of its click. */
export interface ClickRequest {
  readonly method: string;
  /** The header `Sec-Purpose`, and what browsers sent before there was one. */
  readonly purpose: string | undefined;
  /** The header `Sec-Fetch-Dest`: what the browser loads, a page or a part of one. */
  readonly fetchDest?: string | undefined;
  readonly userAgent?: string;
}

/** A click, for the app's hook. Nothing in it lets anybody act as the visitor. */
export interface ClickToClassify {
  readonly code: string;
  /** What the service takes it for. */
  readonly kind: RequestKind;
  readonly method: string;
  /** Empty if the client sends none. `Amazon CloudFront` if a CDN does not pass it on. */
  readonly userAgent: string;
  /** The headers by their names in lower case, without tokens, cookies, session and referer. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The data of a click. All of it can be forged, so none of it is trusted. */
export interface Click extends ClickRequest, ClientDetails {
  readonly code: string;
  /** How the visitor arrived; by the redirect by default. */
  readonly via?: Extract<Arrival, 'link' | 'page'>;
  /** The signed-in user, where that is known. */
  readonly userId?: string | undefined;
  /** Whether the visitor asked for no session. The click counts all the same. */
  readonly withoutSession?: boolean;
  /** The whole IP address. It is not stored. */
  readonly clientIp?: string | undefined;
  /** The first genuine one is the session of a returning visitor; any other value is ignored. */
  readonly sessions: readonly string[];
  /** A destination that replaces the referral's; ignored if it is not allowed. */
  readonly redirectTo: string | undefined;
  /** The kind, if the app's hook knows it better than the request tells. */
  readonly kind?: RequestKind | undefined;
  readonly campaign?: Campaign | undefined;
}

export interface Redirect {
  /** The code of the referral, in whatever spelling it was asked for. */
  readonly code: string;
  readonly location: string;
  /** The result of the click. A click on an expired or stopped link is not recorded. */
  readonly outcome: ResponseKind | 'queued' | 'expired';
  /** Why it was queued. */
  readonly failure?: Error;
  /** The session of a human visitor. */
  readonly session: string | undefined;
  /** Whether the key of the day is known, so that a handoff can be sealed without waiting. */
  readonly canHandOff: boolean;
}

/** A click that is not stored yet. */
export type PendingClick = PendingArrival;

/** Services to store a click. */
type StoringServices = ClassifyingServices &
  Using<'findReferral' | 'putResponse', 'findRecentReferral'>;

/** The part of the store that a click uses. */
export type ClickStore = StoringServices['store'] & Using<'readKeys' | 'createKey'>['store'];

/** Services to record a click. */
export interface ClickServices
  extends StoringServices,
    Using<
      never,
      'now' | 'newId' | 'keys' | 'randomBytes',
      'appUrl' | 'redirectOrigins' | 'defaultRedirectTo' | 'code'
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
  const { settings, inTime, queueClick, keys, randomBytes } = services;
  const now = services.now();
  const [found, key, dayKey] = await Promise.all([
    isCode(click.code) && findSpelled(services, click.code),
    // Without the key nobody gets a session, and every visitor is redirected all the same.
    inTime(keys.ofSessions()).catch(() => undefined),
    // Without it the click has no fingerprint.
    inTime(keys.ofDay(dayOf(now.getTime()))).catch(() => undefined),
  ]);
  if (!found) throw unknownCode();
  if (isExpired(found, now)) {
    return {
      code: found.code,
      location: settings.defaultRedirectTo,
      outcome: 'expired',
      session: undefined,
      canHandOff: false,
    };
  }

  const { withoutSession = false } = click;
  const known =
    key && !withoutSession ? click.sessions.find((session) => isGenuine(session, key)) : undefined;
  const kind = click.kind ?? kindOf(click);
  const byMachine = kind !== 'human';
  const isOwn = click.userId !== undefined && click.userId === found.userId;
  const classification = classify(kind, isOwn, known !== undefined);
  // A machine never gets a visitor's session, so that its click can't get credit.
  const session = (!byMachine && known) || drawSession(randomBytes, key);
  const { httpReferer, userAgent, ip, campaign, clientIp } = click;
  const isNew = classification?.first === true;
  const arrived = { id: services.newId(now), at: now, via: click.via ?? 'link' };
  const pending: PendingClick = arrivalAt(found, arrived, {
    ...classification,
    session,
    ...(httpReferer && { httpReferer }),
    ...(userAgent && { userAgent }),
    ...(ip && { ip }),
    ...(isNew && clientIp && dayKey && fingerprintOf(clientIp, userAgent, dayKey)),
    ...(campaign && { campaign }),
  });
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
    code: found.code,
    location: override || found.redirectTo,
    ...stored,
    session: byMachine || withoutSession || key === undefined ? undefined : session,
    canHandOff: dayKey !== undefined,
  };
}

/**
 * Stores a queued click. If its session was linked to a user meanwhile, the click becomes the user's. Repeating
 * it changes nothing.
 *
 * @throws ReferralsError `unknown_code`.
 */
export async function storeClick(
  services: StoringServices & LinkingServices,
  { first, kind, ...click }: PendingClick,
): Promise<void> {
  const referral = await services.findRecentReferral(click.code);
  if (referral === undefined) throw unknownCode();
  // A visitor who was new when they clicked may have come back since then.
  const known = first === false && kind !== undefined ? { first, kind } : {};
  const response = await classified(services, { ...click, ...known }, referral);
  await services.store.putResponse(response, referral);
  const { session } = response;
  const user = session === undefined ? undefined : await services.store.findSessionUser(session);
  if (session !== undefined && user) await linkSession(services, session, user.userId);
}

/** The kind of a click by its request alone. A person's browser opens the link as a page and has a user agent. */
export function kindOf({ method, purpose, fetchDest, userAgent }: ClickRequest): RequestKind {
  if (method === 'HEAD' || /\b(prefetch|prerender|preview)\b/i.test(purpose ?? '')) {
    return 'prefetch';
  }
  const isPart = fetchDest && fetchDest !== 'document';
  return isPart || isMachine(userAgent) ? 'bot' : 'human';
}

/** Classifies a click without the table. Returns undefined for a returning visitor. */
function classify(
  kind: RequestKind,
  isOwn: boolean,
  isReturning: boolean,
): Classification | undefined {
  if (kind !== 'human') return { kind, first: false };
  if (isOwn) return { kind: 'own', first: false };
  return isReturning ? undefined : { kind, first: true };
}
