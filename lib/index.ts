export type { ClickToClassify, Hooks } from '../functions/hooks.ts';
export type { ReferralsProps, Throttle } from './props.ts';
export { ReferralMetrics } from './referral-metrics.ts';
export { Referrals } from './referrals.ts';
export type { ReferralSettings } from './settings.ts';
export { ReferralsStack, type ReferralsStackProps } from './stack.ts';
