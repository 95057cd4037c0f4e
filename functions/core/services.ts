import type { KeyObject } from 'node:crypto';
import type { NewReferral, Owner, Referral } from './referral.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

/** The services that core uses. They include clock and randomness, so that core has none of its own. */
export interface Services {
  readonly store: Store;
  readonly settings: Settings;
  readonly now: () => Date;
  /** Makes a ULID from a time; monotonic within the process. */
  readonly newId: (time: Date) => string;
  /** Makes a code for a referral. It is called again if the code is taken. */
  readonly newCode: (referral: NewReferral, owner: Owner | undefined) => string | Promise<string>;
  /** Gives so many random bytes from a cryptographic source. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly keys: DeploymentKeys;
  /** Finds a referral, from memory if possible. The result may be up to a minute old. */
  readonly findRecentReferral: (code: string) => Promise<Referral | undefined>;
}

/** The secrets of a deployment. They lie in its table, made by whoever needs one first. */
export interface DeploymentKeys {
  /**
   * The key that signs sessions. It stays.
   *
   * @throws ReferralsError `unavailable`.
   */
  readonly ofSessions: () => Promise<KeyObject>;
  /**
   * The key of a day, which seals handoffs; undefined if the day is over for good, or still to come.
   *
   * @throws ReferralsError `unavailable`.
   */
  readonly ofDay: (day: number) => Promise<KeyObject | undefined>;
  /** Reads and makes the keys of now and of tomorrow, so that nobody waits for them later. */
  readonly prepare: () => Promise<void>;
}

/** The name of a store method. */
export type StoreMethod = keyof Store;

/**
 * The part of the services that a function uses: store methods, other services, settings.
 *
 * @example (services: Using<'findReferral', 'now'>) => …
 */
export type Using<
  Method extends StoreMethod = never,
  Service extends Exclude<keyof Services, 'store' | 'settings'> = never,
  Setting extends keyof Settings = never,
> = Pick<Services, Service> & { readonly store: Pick<Store, Method> } & ([Setting] extends [never]
    ? unknown
    : { readonly settings: Pick<Settings, Setting> });
