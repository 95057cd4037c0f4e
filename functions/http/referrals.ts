import * as v from 'valibot';
import { isReserved, OWN_CODE } from '../core/codes.ts';
import type { CountedReferral } from '../core/counting.ts';
import { MAX_REDIRECT } from '../core/redirect.ts';
import { shownCode } from '../core/referral.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import { jsonBody } from '../validation/objects.ts';
import {
  code,
  count,
  target,
  text,
  time,
  timestamp,
  url,
  visibleName,
} from '../validation/schemas.ts';
import { type FieldsOf, fieldOf, schemaOf, show } from './fields.ts';
import { pageOf } from './pages.ts';

/** Path of a referral's routes. A malformed code is simply not found. */
export const codePath = v.object({ code: v.optional(v.string(), '') });

/** A code that the owner chooses. */
const ownCode = v.pipe(
  v.string('must be a string'),
  v.regex(OWN_CODE, 'must have 4 to 64 characters of A-Z, a-z, 0-9, _ and -'),
  v.check((code) => !isReserved(code), 'is a reserved name'),
);

/** Fields of a referral that may be null, for none. */
const optionalFields = {
  label: v.exactOptional(v.nullable(visibleName(100))),
  target: v.exactOptional(v.nullable(target)),
  expiresAt: v.exactOptional(v.nullable(time)),
  code: v.exactOptional(ownCode),
};

/** Removes fields that are null. */
export const withoutNulls = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [Name in keyof Fields]: Exclude<Fields[Name], null>;
  };

/** Body of `POST /referrals`. */
export const newReferral = v.pipe(
  jsonBody({ redirectTo: text(MAX_REDIRECT), ...optionalFields }),
  v.transform(withoutNulls),
);

/** Body of `PATCH /referrals/{code}`. */
export const referralChanges = v.pipe(
  jsonBody({
    redirectTo: v.exactOptional(text(MAX_REDIRECT)),
    ...optionalFields,
    disabled: v.exactOptional(v.boolean('must be true or false')),
  }),
  v.check((changes) => Object.keys(changes).length > 0, 'must have at least one field'),
);

const field = fieldOf<CountedReferral>();

/** Visitors see a referral as an attribution, which has less. */
const owners = ['owner', 'operator'] as const;

/** The fields of a referral in answers, with their readers. */
const fields = {
  code: field(owners, code, shownCode),
  url: field(owners, url, (referral, { apiUrl }) => `${apiUrl}/r/${shownCode(referral)}`),
  firstCode: field(owners, code, ({ code }) => code),
  userId: field(owners, v.nullable(v.string()), ({ userId }) => userId ?? null),
  label: field(owners, v.nullable(v.string()), ({ label }) => label ?? null),
  redirectTo: field(owners, url, ({ redirectTo }) => redirectTo),
  target: field(owners, v.nullable(target), (referral) => referral.target ?? null),
  createdAt: field(owners, timestamp, ({ createdAt }) => createdAt),
  expiresAt: field(owners, v.nullable(timestamp), ({ expiresAt }) => expiresAt ?? null),
  disabledAt: field(owners, v.nullable(timestamp), ({ disabledAt }) => disabledAt ?? null),
  clicks: field(owners, count, ({ clicks }) => clicks),
  uniqueVisitors: field(owners, count, ({ uniqueVisitors }) => uniqueVisitors),
  suspicious: field(owners, count, ({ suspicious }) => suspicious),
  countedUntil: field(owners, timestamp, ({ countedUntil }) =>
    new Date(countedUntil).toISOString(),
  ),
} satisfies FieldsOf<
  CountedReferral,
  | 'id'
  | 'alias'
  | 'version'
  | 'buckets'
  | 'widerBefore'
  | 'signedUpAt'
  | 'bots'
  | 'prefetches'
  | 'ownClicks'
  | 'trustedActions'
  | 'pageActions'
>;

/** A referral as its owner sees it. */
export const ownersReferral = schemaOf(fields, 'owner');

/** A page of referrals as their owner sees them. */
export const ownersReferrals = pageOf(ownersReferral);

/** Shows a referral to its owner, or to an operator. */
export const showReferral = <As extends 'owner' | 'operator'>(
  reader: As,
  referral: CountedReferral,
  settings: FunctionSettings,
) => show(fields, reader, referral, settings);
