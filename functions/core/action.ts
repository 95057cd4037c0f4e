import { createHash } from 'node:crypto';
import { type AttributingServices, type Attribution, findAttribution } from './attribution.ts';
import type { Target } from './referral.ts';
import type { ClientDetails, Response } from './response.ts';
import type { Using } from './services.ts';
import type { Visitor } from './visitor.ts';

export interface Action extends ClientDetails {
  readonly visitor: Visitor;
  /** A name that the app chooses, such as `PURCHASED`. */
  readonly action: string;
  readonly target?: Target;
  /** Whether the service itself or the app's backend records it. */
  readonly trusted: boolean;
  /** For a sign-up: when it was; ISO 8601, UTC. */
  readonly signedUpAt?: string;
  /** Makes the call safe to repeat. */
  readonly idempotencyKey: string | undefined;
  /** How long the key is remembered, in seconds. A day by default; Infinity means forever. */
  readonly idempotencyLifetime?: number;
}

const DAY = 24 * 60 * 60;

/** Keeps the keys of pages apart, so that no page can use up a key of the backend. */
const PAGE = '\u0001';

/**
 * Records an action of a visitor and credits it to the referral that brought them.
 *
 * @returns the response. Undefined if no referral gets credit, or if a page records it for a session that has a
 *   hundred responses: nothing is recorded then. If the key came before, it is the response of that time, without
 *   IP and user agent.
 * @throws ReferralsError `idempotency_mismatch` if the key came with another action or target before.
 */
export async function recordAction(
  services: AttributingServices & Using<'putResponse' | 'putResponseOnce' | 'standingOf', 'newId'>,
  {
    visitor,
    action,
    target,
    trusted,
    signedUpAt,
    idempotencyKey,
    idempotencyLifetime = DAY,
    ...client
  }: Action,
): Promise<Response | undefined> {
  const { store, newId, now } = services;
  const at = now();
  const attribution = await findAttribution(services, visitor, signedUpAt);
  const credited = (credit: Attribution) => ({
    referral: credit.referral,
    response: {
      id: newId(at),
      code: credit.referral.code,
      ...(credit.referral.userId && { referrerId: credit.referral.userId }),
      action,
      kind: 'human' as const,
      first: false,
      trusted,
      ...(credit.via && { via: credit.via }),
      respondedAt: credit.respondedAt,
      ...(credit.existingUser !== undefined && { existingUser: credit.existingUser }),
      ...visitor,
      ...(target && { target }),
      ...client,
      createdAt: at.toISOString(),
    },
  });
  // Anybody can have a session, so its responses are bounded.
  const isFull = async ({ referral }: Attribution) =>
    !trusted &&
    'session' in visitor &&
    (await store.standingOf(visitor, referral.code, '')) === 'full';
  const recorded = attribution && !(await isFull(attribution)) ? credited(attribution) : undefined;
  if (idempotencyKey !== undefined) {
    const request = {
      visitor,
      key: trusted ? idempotencyKey : `${PAGE}${idempotencyKey}`,
      fingerprint: fingerprintOf(action, target),
      lifetime: idempotencyLifetime,
    };
    return store.putResponseOnce(request, at, recorded);
  }
  if (recorded !== undefined) await store.putResponse(recorded.response, recorded.referral);
  return recorded?.response;
}

const fingerprintOf = (action: string, target: Target | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify([action, target ? [target.type, target.id] : null]))
    .digest('hex');
