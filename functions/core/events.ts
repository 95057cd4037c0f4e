import { createHash } from 'node:crypto';
import { type OpeningServices, openHour } from './closing.ts';
import { endOf, hourOf } from './hours.ts';
import type { Referral } from './referral.ts';
import { RESPONDED, type Response } from './response.ts';
import type { Using } from './services.ts';
import type { Settings } from './settings.ts';

/** A new item in the table. */
export type Change =
  | { readonly type: 'referral-created'; readonly referral: Referral }
  | { readonly type: 'response-recorded' | 'response-linked'; readonly response: Response };

/** An event for the app's own code. It arrives at least once; `type` and `detail.id` identify it. */
export interface ReferralEvent {
  readonly type: 'ReferralCreated' | 'ResponseRecorded' | 'UserLinkedToResponse';
  readonly detail: { readonly id: string; readonly [name: string]: unknown };
}

/** Services to follow changes. */
export type FollowerServices = OpeningServices &
  Using<never, never, 'events'> & {
    readonly publish: (event: ReferralEvent) => Promise<void>;
  };

/**
 * Makes a follower for one batch of changes. It opens the hours of the changes and publishes the changes as
 * events, clicks only where the settings ask for them. Following a change again only sends its event again.
 *
 * @param running remembers the hours that were marked while they ran. Such an hour is counted some time after
 *   its end, with everything recorded until then. So it needs no second mark while it runs.
 */
export function changeFollower(
  services: FollowerServices,
  running: { get(hour: string): true | undefined; set(hour: string, is: true): unknown },
): (change: Change) => Promise<void> {
  // One mark for a batch is enough, because all its changes are already recorded.
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
      isPublished(change, services.settings) && services.publish(eventOf(change)),
      change.type === 'referral-created' ? undefined : open(change.response),
    ]);
  };
}

/** Everything is published, except clicks that the settings do not ask for. */
function isPublished(change: Change, { events }: Pick<Settings, 'events'>): boolean {
  if (change.type !== 'response-recorded' || change.response.action !== RESPONDED) return true;
  return events.clicks === 'all' || events.clicks === change.response.kind;
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
  const {
    id,
    code,
    action,
    kind,
    first,
    trusted,
    via,
    existingUser,
    referrerId,
    session,
    userId,
    target,
    createdAt,
  } = change.response;
  const common = { id, code, action, kind, trusted, referrer: referrerId ?? null, createdAt };
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
      via: via ?? null,
      existingUser: existingUser ?? null,
      target: target ?? null,
    },
  };
}

// Anybody with the session can act as its visitor, so events contain only its hash.
const digest = (session: string): string => createHash('sha256').update(session).digest('hex');
