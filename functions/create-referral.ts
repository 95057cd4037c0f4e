import { createReferral } from './core/referral.ts';
import { countReferral } from './core/report.ts';
import { json, referralAnswer } from './edge/answers.ts';
import { gatewayClaims, userHandler } from './edge/api-handler.ts';
import { bodyReader, NewReferralBody } from './edge/input.ts';
import { services } from './edge/services.ts';

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
