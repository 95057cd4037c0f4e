import * as v from 'valibot';
import { answer, apiRoute } from '../http/route.ts';

/** `POST /session/link`: every user's request links its session. This one returns the number of moves. */
export const linkSession = apiRoute('link-session', {
  input: {},
  answers: { 200: v.strictObject({ linked: v.number() }) },
  handle: async ({ linked }) => answer(200, { linked }),
});
