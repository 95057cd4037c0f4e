import { ownedReferral } from '../core/owned-referral.ts';
import { referralStats } from '../core/stats.ts';
import { codePath } from '../http/referrals.ts';
import { answer, apiRoute } from '../http/route.ts';
import { showStats, stats, statsQuery, statsRange } from '../http/stats.ts';

/** `GET /referrals/{code}/stats`: counts of one of the caller's referrals, by hour, day or month. */
export const getStats = apiRoute('get-stats', {
  input: { path: codePath, query: statsQuery },
  answers: { 200: stats },
  handle: async ({ services, userId, input }) => {
    const referral = await ownedReferral(services, userId, input.path.code);
    const range = statsRange(input.query, referral, services.now());
    return answer(200, showStats(await referralStats(services, referral, range)));
  },
});
