import { recordAction } from './api/record-action.ts';
import { apiHandler } from './http/api-handler.ts';
import { tokenVerifier } from './http/token.ts';
import { services } from './setup/services.ts';

/** The route that records an action, see `api/record-action.ts`. */
export const handler = apiHandler(
  'record-action',
  services,
  { 'record-action': recordAction },
  tokenVerifier(services.settings.token),
);
