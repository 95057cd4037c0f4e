import type { HttpEvent } from './http-handler.ts';
import { verifiedClaims } from './token.ts';

/** The user whose token a request carries, for the routes that the gateway lets pass without one. */
export const bearerUser = async (event: HttpEvent): Promise<string | undefined> =>
  (await verifiedClaims(event.headers.authorization))?.sub;
