import type * as v from 'valibot';
import { createSession } from '../functions/api/create-session.ts';
import { enterCode } from '../functions/api/enter-code.ts';
import { getAttribution } from '../functions/api/get-attribution.ts';
import { linkSession } from '../functions/api/link-session.ts';
import { recordAction } from '../functions/api/record-action.ts';
import { recordClick } from '../functions/api/record-click.ts';
import { visitorsArrival, visitorsAttribution } from '../functions/http/attribution.ts';
import {
  newReferral,
  ownersReferral,
  ownersReferrals,
  referralChanges,
} from '../functions/http/referrals.ts';
import {
  newAction,
  ownersResponse,
  ownersResponses,
  visitorsResponse,
} from '../functions/http/responses.ts';
import { intervalCounts, rangeCounts, stats } from '../functions/http/stats.ts';
import { campaign, target } from '../functions/validation/schemas.ts';
import { busEvents, events, sessionVisitor, userVisitor } from './events.ts';
import { gatewayProblem, problem } from './problems.ts';

/** A schema that a route certainly has. */
const of = (schema: v.GenericSchema | undefined): v.GenericSchema => {
  if (schema === undefined)
    throw new Error('A route lacks a schema that contract/ has a name for.');
  return schema;
};

/** The names of schemas in the document. Every object has one. */
export const components = {
  Referral: ownersReferral,
  ReferralList: ownersReferrals,
  NewReferral: newReferral,
  ReferralChanges: referralChanges,
  Target: target,
  Response: ownersResponse,
  ResponseList: ownersResponses,
  Campaign: campaign,
  Stats: stats,
  Counts: rangeCounts,
  IntervalCounts: intervalCounts,
  NewAction: newAction,
  VisitorResponse: visitorsResponse,
  RecordedAction: of(recordAction.answers[201]),
  UnrecordedAction: of(recordAction.answers[200]),
  Attribution: visitorsAttribution,
  VisitorAttribution: of(getAttribution.answers[200]),
  TypedCode: of(enterCode.input.body),
  PageClick: of(recordClick.input.body),
  Arrival: visitorsArrival,
  Handoff: of(createSession.input.body),
  Session: of(createSession.answers[200]),
  LinkedSession: of(linkSession.answers[200]),
  Problem: problem,
  GatewayProblem: gatewayProblem,
  ReferralCreated: events.ReferralCreated,
  ResponseRecorded: events.ResponseRecorded,
  UserLinkedToResponse: events.UserLinkedToResponse,
  UserVisitor: userVisitor,
  SessionVisitor: sessionVisitor,
  ReferralCreatedEvent: busEvents.ReferralCreated,
  ResponseRecordedEvent: busEvents.ResponseRecorded,
  UserLinkedToResponseEvent: busEvents.UserLinkedToResponse,
} satisfies Record<string, v.GenericSchema>;

export type ComponentName = keyof typeof components;
