import { createReferral } from './api/create-referral.ts';
import { apiHandler } from './http/api-handler.ts';
import { services } from './setup/services.ts';

/** The route that creates a referral, see `api/create-referral.ts`. */
export const handler = apiHandler('create-referral', services, {
  'create-referral': createReferral,
});
