import { countReferral } from '../core/counting.ts';
import { createReferral as createInDomain } from '../core/create-referral.ts';
import { newReferral, ownersReferral, showReferral } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';

/** `POST /referrals`: creates a referral for the caller, or returns the existing one. */
export const createReferral = apiRoute('create-referral', {
  input: { body: newReferral },
  example: { redirectTo: '/welcome', label: 'newsletter' },
  answers: { 200: ownersReferral, 201: ownersReferral },
  errors: [
    'code_taken',
    'hook_failed',
    'invalid_redirect',
    'referral_exists',
    'too_many_changes',
    'too_many_referrals',
  ],
  handle: async ({ services, userId, claims, input }) => {
    const { referral, created } = await createInDomain(services, { ...input.body, userId }, claims);
    const counted = await countReferral(services, referral);
    return answer(created ? 201 : 200, showReferral('owner', counted, services.settings));
  },
});
