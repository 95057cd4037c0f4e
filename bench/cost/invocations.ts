import { linkSession } from '../../functions/core/link.ts';
import type { Services } from '../../functions/core/services.ts';
import { click, eventOf, httpEvent, type Request } from '../events.ts';
import { type Scene, setScene } from '../scene.ts';

/** Something that is asked of the service, to be counted. */
export interface Invocation {
  readonly name: string;
  /** Which is invoked. */
  readonly function: string;
  readonly prepare: (services: Services) => Promise<Prepared>;
}

export interface Prepared {
  /** Invoked first, with what is not counted. */
  readonly before?: unknown;
  readonly event: unknown;
  /** Where it is not one of success. */
  readonly status?: number;
}

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const cookie = ({ session }: Scene): Request => ({ cookies: [`referral_session=${session}`] });

/** A click on a link that the function has seen before. */
const clickOnKnown = (
  request: (scene: Scene, services: Services) => Request | Promise<Request>,
): Omit<Invocation, 'name'> => ({
  function: 'hit',
  prepare: async (services) => {
    const scene = await setScene(services);
    const { code } = scene.referral;
    return { before: click(code), event: click(code, await request(scene, services)) };
  },
});

const clickOn = (
  codeIn: (services: Services) => Promise<string>,
  status: number,
): Omit<Invocation, 'name'> => ({
  function: 'hit',
  prepare: async (services) => ({ event: click(await codeIn(services)), status }),
});

/** The event of a function in a scene of its own. */
const usual = (name: string, clicks = 1): Omit<Invocation, 'name'> => ({
  function: name,
  prepare: async (services) => ({ event: eventOf[name]?.(await setScene(services, { clicks })) }),
});

/** The same for a session whose link the function has seen before. */
const ofKnown = (
  name: string,
  eventIn: (scene: Scene) => unknown = eventOf[name] ?? String,
): Omit<Invocation, 'name'> => ({
  function: name,
  prepare: async (services) => {
    const scene = await setScene(services);
    return { before: eventOf[name]?.(scene), event: eventIn(scene) };
  },
});

const actionOnce = ({ session }: Scene) =>
  httpEvent('POST /actions', {
    headers: { 'x-referral-session': session, 'idempotency-key': session },
    body: { action: 'PURCHASED' },
  });

/** What visitors, users and backends ask for. */
export const invocations: readonly Invocation[] = [
  { name: 'click of a new visitor', ...clickOnKnown(() => ({})) },
  { name: 'click of a visitor who comes back', ...clickOnKnown(cookie) },
  {
    name: '… whose session was linked to a user',
    ...clickOnKnown(async (scene, services) => {
      await linkSession(services, scene.session, 'somebody');
      return cookie(scene);
    }),
  },
  { name: 'click by a bot', ...clickOnKnown(() => ({ headers: { 'user-agent': BOT } })) },
  {
    name: 'click on a link that the function has not seen',
    ...clickOn(async (services) => (await setScene(services)).referral.code, 302),
  },
  { name: 'click on an unknown code', ...clickOn(async () => 'unknown', 404) },
  { name: '… again within 5 s', ...clickOn(async () => 'unknown', 404) },
  { name: 'action of a session', ...ofKnown('record-action') },
  { name: '… with an Idempotency-Key', ...ofKnown('record-action', actionOnce) },
  { name: 'who is credited for a session', ...ofKnown('get-attribution') },
  { name: 'link created, with its counts', ...usual('create-referral') },
  { name: 'sign-up: link, session linked, action', ...usual('confirm-sign-up') },
  { name: 'session with one response linked', ...usual('link-session') },
  { name: 'my links, of which there is one', ...usual('list-referrals') },
  { name: 'page of 20 responses', ...usual('list-referral-responses', 25) },
  { name: 'stats of a link with 25 clicks', ...usual('get-stats', 25) },
];
