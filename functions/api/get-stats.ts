import { ownedReferral } from '../core/lists.ts';
import { referralStats } from '../core/stats.ts';
import { json, statsAnswer } from '../http/answers.ts';
import { userHandler } from '../http/api-handler.ts';
import { readCode } from '../http/input.ts';
import { readStatsQuery, statsRange } from '../http/stats-input.ts';
import { services } from '../setup/services.ts';

/** `GET /referrals/{code}/stats`: what happened on one of the caller's referrals, by hour, day or month. */
export const handler = userHandler(
  (event) => ({ code: readCode(event), query: readStatsQuery(event) }),
  async ({ userId, input: { code, query } }) => {
    const referral = await ownedReferral(services, userId, code);
    const range = statsRange(query, referral, services.now());
    return json(200, statsAnswer(await referralStats(services, referral, range)));
  },
);
