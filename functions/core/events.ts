import { createHash } from 'node:crypto';
import { decodeTime } from 'ulid';
import { type Hour, hourAt, hourOf } from './hours.ts';
import { coverHour, dueAt, type MarkingServices, openHour, REST, reopenHour } from './marks.ts';
import type { Referral } from './referral.ts';
import { RESPONDED, type Response } from './response.ts';
import type { Using } from './services.ts';
import type { Settings } from './settings.ts';

/** A new item in the table. */
export type Change =
  | { readonly type: 'referral-created'; readonly referral: Referral }
  | { readonly type: 'response-linked'; readonly response: Response }
  | {
      readonly type: 'response-recorded';
      readonly response: Response;
      /** Epoch milliseconds. */
      readonly writtenAt: number;
    };

/** An event for the app's own code. It arrives at least once; `type` and `detail.id` identify it. */
export interface ReferralEvent {
  readonly type: 'ReferralCreated' | 'ResponseRecorded' | 'UserLinkedToResponse';
  readonly detail: { readonly id: string; readonly [name: string]: unknown };
}

/** Services to follow changes. */
export type FollowerServices = MarkingServices &
  Using<never, never, 'events'> & {
    readonly publish: (event: ReferralEvent) => Promise<void>;
  };

/** A response that is written later than this after its time may have been missed by counting; milliseconds. */
const LATE = 60_000;

/** So many responses of a link are counted at the end of the hour, and so many in an hour while it runs. */
const BUSY = 25;
const VIRAL = 500;

/** A link whose responses a function instance follows. */
interface FollowedLink {
  /** Responses up to the end of this hour need no further mark. */
  readonly covered: Promise<Hour>;
  /** The hour of the latest responses. */
  hour: Hour;
  /** Number of responses in that hour. */
  inHour: number;
  /** Number of responses since an hour of the link was marked. */
  waiting: number;
  /** The hours that were marked last because there were many, and very many. */
  busy: Hour | undefined;
  viral: Hour | undefined;
}

/** The links that a function instance follows. */
export interface FollowedLinks {
  get(code: string): FollowedLink | undefined;
  set(code: string, link: FollowedLink): unknown;
  delete(code: string): unknown;
}

/**
 * Makes a follower for one batch of changes. It marks the referrals of new responses to be counted, and publishes
 * the changes as events, clicks only where the settings ask for them. Following a change again only sends its event
 * again.
 *
 * @param links remembers the links that are marked. Nearly all responses need no further mark.
 */
export function changeFollower(
  services: FollowerServices,
  links: FollowedLinks,
): (change: Change) => Promise<void> {
  // One mark for a batch is enough, because all its changes are already recorded.
  const reopened = new Map<string, Promise<void>>();
  const follow = async (response: Response, writtenAt: number): Promise<void> => {
    const { code, id } = response;
    if (writtenAt - decodeTime(id) <= LATE) return followOnTime(services, links, response);
    const key = `${code} ${hourOf(id)}`;
    const reopening = reopened.get(key) ?? reopenHour(services, code, hourOf(id));
    reopened.set(key, reopening);
    return reopening;
  };
  return async (change) => {
    await Promise.all([
      isPublished(change, services.settings) && services.publish(eventOf(change)),
      // Linking changes no count.
      change.type === 'response-recorded' && follow(change.response, change.writtenAt),
    ]);
  };
}

/** Everything is published, except clicks that the settings do not ask for. */
function isPublished(change: Change, { events }: Pick<Settings, 'events'>): boolean {
  if (change.type !== 'response-recorded' || change.response.action !== RESPONDED) return true;
  return events.clicks === 'all' || events.clicks === change.response.kind;
}

/** Sees to it that a response is counted: with few others in a week at most, with many at the end of the hour. */
async function followOnTime(
  services: MarkingServices,
  links: FollowedLinks,
  { code, id }: Pick<Response, 'code' | 'id'>,
): Promise<void> {
  const hour = hourOf(id);
  const now = services.now().getTime();
  const link = await coveredLink(services, links, code, hour);
  if (hour > link.hour) Object.assign(link, { hour, inHour: 0 });
  link.inHour += 1;
  link.waiting += 1;
  const present = hourAt(now);
  if (link.inHour >= VIRAL && link.viral !== present) {
    await openHour(services, code, present, now + REST);
    link.viral = present;
  }
  if (link.waiting < BUSY || link.busy === present) return;
  await openHour(services, code, present);
  Object.assign(link, { busy: present, waiting: 0 });
}

/** The link, once it is marked for the responses of an hour. */
async function coveredLink(
  services: MarkingServices,
  links: FollowedLinks,
  code: string,
  hour: Hour,
): Promise<FollowedLink> {
  for (let known = links.get(code); known !== undefined; known = links.get(code)) {
    const covered = await known.covered;
    if (hour <= covered && services.now().getTime() < dueAt(covered)) return known;
    if (links.get(code) === known) links.delete(code);
  }
  const covered = coverHour(services, code, hour);
  const link = { covered, hour, inHour: 0, waiting: 0, busy: undefined, viral: undefined };
  links.set(code, link);
  try {
    await covered;
    return link;
  } catch (error) {
    if (links.get(code) === link) links.delete(code);
    throw error;
  }
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
