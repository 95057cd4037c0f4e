import * as v from 'valibot';
import type { CountedReferral } from '../core/counting.ts';
import { MAX_REDIRECT } from '../core/redirect.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import { strictObject } from '../validation/objects.ts';
import { target, text, time } from '../validation/schemas.ts';
import { type FieldsOf, fieldOf, schemaOf, show } from './fields.ts';

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

/** Visitors see a referral as an attribution, which has less. */
const owners = ['owner', 'operator'] as const;

/** The fields of a referral in answers, with their readers. */
const fields = {
  code: field(owners, v.string(), ({ code }) => code),
  url: field(owners, v.string(), ({ code }, { apiUrl }) => `${apiUrl}/r/${code}`),
  userId: field(owners, v.nullable(v.string()), ({ userId }) => userId ?? null),
  label: field(owners, v.nullable(v.string()), ({ label }) => label ?? null),
  redirectTo: field(owners, v.string(), ({ redirectTo }) => redirectTo),
  target: field(owners, v.nullable(target), (referral) => referral.target ?? null),
  createdAt: field(owners, v.string(), ({ createdAt }) => createdAt),
  expiresAt: field(owners, v.nullable(v.string()), ({ expiresAt }) => expiresAt ?? null),
  clicks: field(owners, v.number(), ({ clicks }) => clicks),
  uniqueVisitors: field(owners, v.number(), ({ uniqueVisitors }) => uniqueVisitors),
} satisfies FieldsOf<
  CountedReferral,
  'id' | 'buckets' | 'bots' | 'prefetches' | 'ownClicks' | 'trustedActions' | 'pageActions'
>;

/** A referral as its owner sees it. */
export const ownersReferral = schemaOf(fields, 'owner');

/** Shows a referral to its owner, or to an operator. */
export const showReferral = <As extends 'owner' | 'operator'>(
  reader: As,
  referral: CountedReferral,
  settings: FunctionSettings,
) => show(fields, reader, referral, settings);
