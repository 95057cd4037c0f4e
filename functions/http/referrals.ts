import * as v from 'valibot';
import type { CountedReferral } from '../core/counting.ts';
import { MAX_REDIRECT } from '../core/redirect.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import { strictObject } from '../validation/objects.ts';
import { target, text, time } from '../validation/schemas.ts';
import { everyone, type FieldsOf, fieldOf, type Reader, schemaOf, show } from './fields.ts';

/** Path of a referral's routes. A malformed code is simply not found. */
export const codePath = v.object({ code: v.optional(v.string(), '') });

/** Body of `POST /referrals`. */
export const newReferral = strictObject(
  {
    redirectTo: text(MAX_REDIRECT),
    label: v.exactOptional(text(100)),
    target: v.exactOptional(target),
    expiresAt: v.exactOptional(time),
  },
  'must be a JSON object, sent as application/json',
);

const field = fieldOf<CountedReferral>();

/** The fields of a referral in answers, with their readers. */
const fields = {
  code: field(everyone, v.string(), ({ code }) => code),
  url: field(everyone, v.string(), ({ code }, { apiUrl }) => `${apiUrl}/r/${code}`),
  userId: field(everyone, v.nullable(v.string()), ({ userId }) => userId ?? null),
  label: field(everyone, v.nullable(v.string()), ({ label }) => label ?? null),
  redirectTo: field(everyone, v.string(), ({ redirectTo }) => redirectTo),
  target: field(everyone, v.nullable(target), (referral) => referral.target ?? null),
  createdAt: field(everyone, v.string(), ({ createdAt }) => createdAt),
  expiresAt: field(everyone, v.nullable(v.string()), ({ expiresAt }) => expiresAt ?? null),
  clicks: field(everyone, v.number(), ({ clicks }) => clicks),
  uniqueVisitors: field(everyone, v.number(), ({ uniqueVisitors }) => uniqueVisitors),
} satisfies FieldsOf<
  CountedReferral,
  'id' | 'buckets' | 'bots' | 'prefetches' | 'ownClicks' | 'actions'
>;

/** A referral as its owner sees it. */
export const ownersReferral = schemaOf(fields, 'owner');

/** A referral as seen by a visitor that it brought. */
export const visitorsReferral = schemaOf(fields, 'visitor');

/** Shows a referral to its owner, or to a visitor that it brought. */
export const showReferral = <As extends Reader>(
  reader: As,
  referral: CountedReferral,
  settings: FunctionSettings,
) => show(fields, reader, referral, settings);
