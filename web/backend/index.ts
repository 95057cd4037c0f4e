export { ReferralsProblem } from '../problem.ts';
export {
  type ActionOptions,
  type Attribution,
  type BackendOptions,
  type BackendReferrals,
  createReferrals,
  type LambdaInvoker,
  type RecordedAction,
  type Visitor,
} from './backend.ts';
export {
  type Arrival,
  type LinkedResponse,
  type NewReferral,
  type NewResponse,
  parseReferralEvent,
  type ReferralEvent,
  type ResponseKind,
  type Target,
} from './events.ts';
