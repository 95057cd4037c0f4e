import { json } from '../http/answers.ts';
import { nothing, userHandler } from '../http/api-handler.ts';

/** `POST /session/link`: every request of a user links its session, and this one tells how much. */
export const handler = userHandler(nothing, async ({ linked }) => json(200, { linked }));
