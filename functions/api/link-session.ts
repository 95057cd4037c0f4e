import * as v from 'valibot';
import { answer, apiRoute } from '../http/route.ts';

/** `POST /session/link`: returns how many responses it linked. Every user's request links its session. */
export const linkSession = apiRoute('link-session', {
  input: {},
  answers: { 200: v.strictObject({ linked: v.number() }) },
  handle: async ({ linked }) => answer(200, { linked: await linked }),
});
