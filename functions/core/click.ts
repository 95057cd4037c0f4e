import { isbot } from 'isbot';
import { unknownCode } from './errors.ts';
import { resolveRedirect } from './redirect.ts';
import { isCode, isExpired, type Referral } from './referral.ts';
import { type ClientDetails, RESPONDED, type ResponseKind } from './response.ts';
import type { Services } from './services.ts';
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
  /** Undefined where nothing was recorded because the referral has expired. */
  readonly kind: ResponseKind | undefined;
  /** The session a human goes on with. */
  readonly session: string | undefined;
}

/**
 * Records a click and says where to send the visitor. A new visitor costs one write; one who comes back
 * with a session costs two reads more, which find out whether it is the first click and not the owner's.
 *
 * @throws ReferralsError `unknown_code`, or `unavailable` where the click could not be stored.
 */
export async function recordClick(services: Services, click: Click): Promise<Redirect> {
  const referral = isCode(click.code) ? await services.findRecentReferral(click.code) : undefined;
  if (referral === undefined) throw unknownCode();
  const now = services.now();
  const { settings, store } = services;
  if (isExpired(referral, now)) {
    return { location: settings.defaultRedirectTo, kind: undefined, session: undefined };
  }

  const { kind, first, session } = await classify(services, click, referral);
  const { code, userId: referrerId } = referral;
  const { httpReferer, userAgent, ip } = click;
  await store.putResponse(
    {
      id: services.newId(),
      code,
      ...(referrerId && { referrerId }),
      action: RESPONDED,
      kind,
      first,
      session: session ?? services.newSession(),
      ...(httpReferer && { httpReferer }),
      ...(userAgent && { userAgent }),
      ...(ip && { ip }),
      createdAt: now.toISOString(),
    },
    referral,
  );
  const override = click.redirectTo && resolveRedirect(click.redirectTo, settings);
  return { location: override || referral.redirectTo, kind, session };
}

interface Classified {
  readonly kind: ResponseKind;
  readonly first: boolean;
  /** Undefined for machines: they are nobody's session, so that they can't be credited for anything. */
  readonly session: string | undefined;
}

async function classify(
  { store, newSession }: Services,
  click: Click,
  referral: Referral,
): Promise<Classified> {
  if (click.method === 'HEAD' || /\bprefetch\b/i.test(click.purpose ?? '')) {
    return { kind: 'prefetch', first: false, session: undefined };
  }
  if (isbot(click.userAgent)) return { kind: 'bot', first: false, session: undefined };
  if (!isSession(click.session)) return { kind: 'human', first: true, session: newSession() };

  const { session } = click;
  const [userId, sessionResponded] = await Promise.all([
    store.findSessionUser(session),
    store.hasResponded({ session }, referral.code),
  ]);
  if (userId !== undefined && userId === referral.userId) {
    return { kind: 'own', first: false, session };
  }
  const responded =
    sessionResponded ||
    (userId !== undefined && (await store.hasResponded({ userId }, referral.code)));
  return { kind: 'human', first: !responded, session };
}
