import * as v from 'valibot';
import {
  type AttributingServices,
  type Attribution,
  findAttribution,
} from '../core/attribution.ts';
import { shownCode } from '../core/referral.ts';
import { arrivals } from '../core/response.ts';
import type { Visitor } from '../core/visitor.ts';
import type { FunctionServices } from '../setup/compose.ts';
import type { FunctionSettings } from '../setup/settings.ts';
import { code, target, timestamp, url } from '../validation/schemas.ts';
import { entriesOf, everyone, type FieldsOf, fieldOf, show } from './fields.ts';
import { sessionForPage } from './session.ts';

const field = fieldOf<Attribution>();

/** The fields of an attribution in answers, with their readers. A visitor does not see the owner. */
const fields = {
  code: field(everyone, code, ({ referral }) => shownCode(referral)),
  target: field(everyone, v.nullable(target), ({ referral }) => referral.target ?? null),
  redirectTo: field(everyone, url, ({ referral }) => referral.redirectTo),
  respondedAt: field(everyone, timestamp, ({ respondedAt }) => respondedAt),
  via: field(everyone, v.nullable(v.picklist(arrivals)), ({ via }) => via ?? null),
  userId: field(['operator'], v.nullable(v.string()), ({ referral }) => referral.userId ?? null),
  label: field(['operator'], v.nullable(v.string()), ({ referral }) => referral.label ?? null),
} satisfies FieldsOf<Attribution, 'referral' | 'existingUser'>;

/** An attribution as the visitor sees it, with what the hook `publicReferral` adds. */
export const visitorsAttribution = v.objectWithRest(entriesOf(fields, 'visitor'), v.unknown());

/** The answer to a visitor who has just arrived. */
export const visitorsArrival = v.strictObject({
  referral: v.nullable(visitorsAttribution),
  ...sessionForPage,
});

/** Shows an attribution to its visitor, or to an operator. */
export const showAttribution = <As extends 'visitor' | 'operator'>(
  reader: As,
  attribution: Attribution,
  settings: FunctionSettings,
) => show(fields, reader, attribution, settings);

/** The visitor's attribution as they see it, with what the hook adds; null if no referral gets credit. */
export async function answerAttribution(
  services: AttributingServices & Pick<FunctionServices, 'hooks' | 'settings'>,
  visitor: Visitor,
) {
  const attribution = await findAttribution(services, visitor);
  if (attribution === undefined) return null;
  const added = await services.hooks.publicReferral(attribution.referral);
  return { ...added, ...showAttribution('visitor', attribution, services.settings) };
}
