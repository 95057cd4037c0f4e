import type { Referral } from './referral.ts';
import { type Arrival, RESPONDED, type Response } from './response.ts';
import type { Using } from './services.ts';
import type { Visitor } from './visitor.ts';

/** Services for attribution. `findRecentReferral` reads with the store's `findReferral`. */
export type AttributingServices = Using<
  'findSessionUser' | 'responsesOf' | 'findReferral',
  'findRecentReferral' | 'now',
  'attribution'
>;

/** The referral that gets credit for a visitor's actions, and the click that brought the visitor. */
export interface Attribution {
  readonly referral: Referral;
  /** Time of the click. If the click can't be found, time of the response that gets the credit. */
  readonly respondedAt: string;
  /** How the visitor arrived; undefined if the click can't be found. */
  readonly via: Arrival | undefined;
}

/** Number of a visitor's responses that are read. Visitors can record as many as they like. */
const MAX_RESPONSES = 200;

/**
 * Finds the referral that gets credit for a visitor's actions. It is the referral of the newest response
 * (or of the oldest, depending on `attribution.model`) that is no older than `attribution.window`. A user's
 * own referrals get no credit for that user's actions, and clicks of an owner give no credit to anybody.
 *
 * @returns undefined if no referral gets credit.
 */
export async function attributedReferral(
  services: AttributingServices,
  visitor: Visitor,
): Promise<Referral | undefined> {
  const credit = await findCredit(services, visitor, () => true);
  return credit && services.findRecentReferral(credit.response.code);
}

/**
 * Finds the referral that gets credit for a visitor's actions, with the click that brought the visitor.
 *
 * @returns undefined if no referral gets credit.
 */
export async function findAttribution(
  services: AttributingServices,
  visitor: Visitor,
): Promise<Attribution | undefined> {
  const credit = await findCredit(services, visitor, ({ click }) => click !== undefined);
  if (credit === undefined) return undefined;
  const { response, click } = credit;
  const referral = await services.findRecentReferral(response.code);
  return referral && { referral, respondedAt: (click ?? response).createdAt, via: click?.via };
}

/** The response that gets the credit, and a click on the same referral. */
interface Credit {
  readonly response: Response;
  readonly click: Response | undefined;
}

/**
 * Reads a visitor's responses until the credit is enough for the caller.
 *
 * @returns the best credit that was found.
 */
async function findCredit(
  { store, settings, now }: AttributingServices,
  visitor: Visitor,
  isEnough: (credit: Credit) => boolean,
): Promise<Credit | undefined> {
  const { model, window } = settings.attribution;
  const userId =
    'userId' in visitor ? visitor.userId : await store.findSessionUser(visitor.session);
  const since = window === undefined ? 0 : now().getTime() - window * 1000;

  const clicks = new Map<string, Response>();
  let credited: Response | undefined;
  let read = 0;
  for await (const response of store.responsesOf(visitor, model === 'last' ? 'newest' : 'oldest')) {
    const { code, action, kind, referrerId, createdAt } = response;
    // A browser that the owner used may be somebody else's later.
    const isOwn = kind === 'own' || (referrerId !== undefined && referrerId === userId);
    const isTooOld = Date.parse(createdAt) < since;
    if (action === RESPONDED && !isOwn) clicks.set(code, response);
    if (!isOwn && !isTooOld) credited ??= response;
    const credit = credited && { response: credited, click: clicks.get(credited.code) };
    if (credit !== undefined && isEnough(credit)) return credit;
    if (credit === undefined && isTooOld && model === 'last') return undefined;
    if (++read === MAX_RESPONSES) break;
  }
  return credited && { response: credited, click: clicks.get(credited.code) };
}
