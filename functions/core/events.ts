import { createHash } from 'node:crypto';
import { type OpeningServices, openHour } from './closing.ts';
import { endOf, hourOf } from './hours.ts';
import type { Referral } from './referral.ts';
import type { Response } from './response.ts';

/** Something new in the table. */
export type Change =
  | { readonly type: 'referral-created'; readonly referral: Referral }
  | { readonly type: 'response-recorded' | 'response-linked'; readonly response: Response };

/** What the app's own code may listen to. It arrives at least once: `type` and `detail.id` tell it apart. */
export interface ReferralEvent {
  readonly type: 'ReferralCreated' | 'ResponseRecorded' | 'UserLinkedToResponse';
  readonly detail: { readonly id: string; readonly [name: string]: unknown };
}

/** What following changes needs besides. */
export type FollowerServices = OpeningServices & {
  readonly publish: (event: ReferralEvent) => Promise<void>;
};

/**
 * Makes a follower of a batch of changes, which opens the hours that they lie in and publishes them as
 * events. Following a change again changes nothing, but for its event, which arrives again.
 *
 * @param running remembers which hours were marked while they ran. Such an hour is counted some time after
 *   its end, with all that was recorded until then, so it needs no second mark while it runs.
 */
export function changeFollower(
  services: FollowerServices,
  running: { get(hour: string): true | undefined; set(hour: string, is: true): unknown },
): (change: Change) => Promise<void> {
  // Once a batch is enough, too: what is in it was recorded before.
  const opened = new Map<string, Promise<void>>();
  const open = ({ code, id }: Response): Promise<void> => {
    const hour = hourOf(id);
    const key = `${code} ${hour}`;
    const isRunning = services.now().getTime() < endOf(hour);
    if (isRunning && running.get(key)) return Promise.resolve();
    const opening =
      opened.get(key) ??
      openHour(services, code, hour).then(() => {
        if (isRunning) running.set(key, true);
      });
    opened.set(key, opening);
    return opening;
  };
  return async (change) => {
    await Promise.all([
      services.publish(eventOf(change)),
      change.type === 'referral-created' ? undefined : open(change.response),
    ]);
  };
}

function eventOf(change: Change): ReferralEvent {
  if (change.type === 'referral-created') {
    const { id, code, userId, label, redirectTo, target, createdAt } = change.referral;
    return {
      type: 'ReferralCreated',
      detail: {
        id,
        code,
        referrer: userId ?? null,
        label: label ?? null,
        redirectTo,
        target: target ?? null,
        createdAt,
      },
    };
  }
  const { id, code, action, kind, first, referrerId, session, userId, target, createdAt } =
    change.response;
  const common = { id, code, action, kind, referrer: referrerId ?? null, createdAt };
  const sessionId = session === undefined ? undefined : digest(session);
  if (change.type === 'response-linked') {
    return {
      type: 'UserLinkedToResponse',
      detail: { ...common, visitor: { type: 'user', id: userId }, session: sessionId },
    };
  }
  return {
    type: 'ResponseRecorded',
    detail: {
      ...common,
      first,
      visitor:
        userId === undefined ? { type: 'session', id: sessionId } : { type: 'user', id: userId },
      target: target ?? null,
    },
  };
}

// Who has a session can act as its visitor, so that events only let it be recognised.
const digest = (session: string): string => createHash('sha256').update(session).digest('hex');
