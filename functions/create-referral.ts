import { countReferral } from './core/counting.ts';
import { createReferral } from './core/create-referral.ts';
import { json, referralAnswer } from './http/answers.ts';
import { gatewayClaims, userHandler } from './http/api-handler.ts';
import { bodyReader, NewReferralBody } from './http/input.ts';
import { services } from './setup/services.ts';

/** `POST /referrals`: creates a referral of the caller's, or gives back the one that exists. */
export const handler = userHandler(
  bodyReader(NewReferralBody),
  async ({ event, userId, input }) => {
    const { referral, created } = await createReferral(
      services,
      { ...input, userId },
      gatewayClaims(event),
    );
    const counted = await countReferral(services, referral);
    return json(created ? 201 : 200, referralAnswer(counted, services.settings));
  },
);
