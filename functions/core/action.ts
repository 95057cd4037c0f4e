import { createHash } from 'node:crypto';
import { type AttributingServices, attributedReferral } from './attribution.ts';
import type { Target } from './referral.ts';
import type { ClientDetails, Response } from './response.ts';
import type { Using } from './services.ts';
import type { Visitor } from './visitor.ts';

export interface Action extends ClientDetails {
  readonly visitor: Visitor;
  /** A name that the app chooses, such as `PURCHASED`. */
  readonly action: string;
  readonly target?: Target;
  /** Makes the call safe to repeat. */
  readonly idempotencyKey: string | undefined;
  /** How long the key is remembered, in seconds. A day by default; Infinity means forever. */
  readonly idempotencyLifetime?: number;
}

const DAY = 24 * 60 * 60;

/**
 * Records an action of a visitor and credits it to the referral that brought them.
 *
 * @returns the response. Undefined if no referral gets credit, because nothing is recorded then.
 * @throws ReferralsError `idempotency_mismatch` if the key came with another action or target before.
 */
export async function recordAction(
  services: AttributingServices & Using<'putResponse' | 'putResponseOnce', 'newId'>,
  { visitor, action, target, idempotencyKey, idempotencyLifetime = DAY, ...client }: Action,
): Promise<Response | undefined> {
  const { store, newId, now } = services;
  const at = now();
  const referral = await attributedReferral(services, visitor);
  const recorded = referral && {
    referral,
    response: {
      id: newId(at),
      code: referral.code,
      ...(referral.userId && { referrerId: referral.userId }),
      action,
      kind: 'human' as const,
      first: false,
      ...visitor,
      ...(target && { target }),
      ...client,
      createdAt: at.toISOString(),
    },
  };
  if (idempotencyKey !== undefined) {
    const request = {
      visitor,
      key: idempotencyKey,
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
