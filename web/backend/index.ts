export { ReferralsProblem } from '../problem.ts';
export {
  type Arrival,
  type EventVisitor,
  parseReferralEvent,
  type ReferralCreated,
  type ReferralEvent,
  type ResponseKind,
  type ResponseRecorded,
  type Target,
  type UserLinkedToResponse,
} from './events.ts';
export {
  type ActionOptions,
  type Attribution,
  type BackendOptions,
  type BackendReferrals,
  createReferrals,
  type LambdaInvoker,
  type RecordedAction,
  type Visitor,
} from './referrals.ts';
