import * as v from 'valibot';
import { answer, apiRoute } from '../http/route.ts';

/** `POST /session/link`: every request of a user links its session; this one tells how much was moved. */
export const linkSession = apiRoute('link-session', {
  input: {},
  answers: { 200: v.strictObject({ linked: v.number() }) },
  handle: async ({ linked }) => answer(200, { linked }),
});
