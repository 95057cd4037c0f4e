import { ownedReferral } from './core/report.ts';
import { referralStats } from './core/stats.ts';
import { json, statsAnswer } from './edge/answers.ts';
import { userHandler } from './edge/api-handler.ts';
import { readCode } from './edge/input.ts';
import { services } from './edge/services.ts';
import { readStatsQuery, statsRange } from './edge/stats-input.ts';

/** `GET /referrals/{code}/stats`: what happened on one of the caller's referrals, by hour, day or month. */
export const handler = userHandler(
  (event) => ({ code: readCode(event), query: readStatsQuery(event) }),
  async ({ userId, input: { code, query } }) => {
    const referral = await ownedReferral(services, userId, code);
    const range = statsRange(query, referral, services.now());
    return json(200, statsAnswer(await referralStats(services, referral, range)));
  },
);
