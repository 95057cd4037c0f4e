import type { NewReferral, Owner, Referral } from './referral.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

/** What the domain works with. Clock and randomness come from outside, so that core has none of its own. */
export interface Services {
  readonly store: Store;
  readonly settings: Settings;
  readonly now: () => Date;
  /** Makes a ULID of a time, monotonic within the process. */
  readonly newId: (time: Date) => string;
  /** Makes a code for a referral; it is called again where the code is taken. */
  readonly newCode: (referral: NewReferral, owner: Owner | undefined) => string | Promise<string>;
  /** Makes 128 random bits, see `isSession`. */
  readonly newSession: () => string;
  /** Finds a referral as it was up to a minute ago, from memory where possible. */
  readonly findRecentReferral: (code: string) => Promise<Referral | undefined>;
}

/** The name of a method of the store. */
export type StoreMethod = keyof Store;

/**
 * As much of the services as a function uses: methods of the store, other services, settings.
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
