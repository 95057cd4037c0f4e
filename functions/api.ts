import { createSession } from './api/create-session.ts';
import { editReferral } from './api/edit-referral.ts';
import { enterCode } from './api/enter-code.ts';
import { getAttribution } from './api/get-attribution.ts';
import { getMyReferral } from './api/get-my-referral.ts';
import { getReferral } from './api/get-referral.ts';
import { getStats } from './api/get-stats.ts';
import { linkSession } from './api/link-session.ts';
import { listReferralResponses } from './api/list-referral-responses.ts';
import { listReferrals } from './api/list-referrals.ts';
import { listResponses } from './api/list-responses.ts';
import { recordClick } from './api/record-click.ts';
import { apiHandler } from './http/api-handler.ts';
import { tokenVerifier } from './http/token.ts';
import { services } from './setup/services.ts';

/** The less frequent routes of users. They share one function, so that it starts less often. */
export const handler = apiHandler(
  'api',
  services,
  {
    'create-session': createSession,
    'edit-referral': editReferral,
    'enter-code': enterCode,
    'get-attribution': getAttribution,
    'get-my-referral': getMyReferral,
    'get-referral': getReferral,
    'get-stats': getStats,
    'link-session': linkSession,
    'list-referral-responses': listReferralResponses,
    'list-referrals': listReferrals,
    'list-responses': listResponses,
    'record-click': recordClick,
  },
  tokenVerifier(services.settings.token),
);
