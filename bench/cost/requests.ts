import { linkSession } from '../../functions/core/link.ts';
import type { Services } from '../database.ts';
import { click, type Invocation, type Request, request, usual } from '../events.ts';
import type { Scene } from '../scene.ts';

/** A request whose cost is counted. */
export interface CountedRequest {
  readonly name: string;
  /** Clicks on the link; by default one. */
  readonly clicks?: number;
  /** An invocation that comes first and does not count, so that the function knows the link. */
  readonly before?: (scene: Scene) => Invocation;
  readonly invocation: (scene: Scene, services: Services) => Invocation | Promise<Invocation>;
  /** The status of the answer, if it is not just any below 400. */
  readonly status?: number;
}

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const cookie = ({ session }: Scene): Request => ({ cookies: [`referral_session=${session}`] });

const clickOnUnknown = (scene: Scene) => click(scene, { parameters: { proxy: 'unknown' } });

const action = (scene: Scene) => request('POST /actions', scene);

const attribution = (scene: Scene) => request('GET /attribution', scene);

/** Requests of visitors, users and backends. */
export const requests: readonly CountedRequest[] = [
  { name: 'click of a new visitor', before: click, invocation: (scene) => click(scene) },
  {
    name: 'click of a visitor who comes back',
    before: click,
    invocation: (scene) => click(scene, cookie(scene)),
  },
  {
    name: '… whose session was linked to a user',
    before: click,
    invocation: async (scene, services) => {
      await linkSession(services, scene.session, 'somebody');
      return click(scene, cookie(scene));
    },
  },
  {
    name: 'click by a bot',
    before: click,
    invocation: (scene) => click(scene, { headers: { 'user-agent': BOT } }),
  },
  {
    name: 'click on a link that the function has not seen',
    invocation: (scene) => click(scene),
    status: 302,
  },
  { name: 'click on an unknown code', invocation: clickOnUnknown, status: 404 },
  { name: '… again within 5 s', invocation: clickOnUnknown, status: 404 },
  { name: 'action of a session', before: action, invocation: action },
  {
    name: '… with an Idempotency-Key',
    before: action,
    invocation: (scene) =>
      request('POST /actions', scene, {
        headers: { 'x-referral-session': scene.session, 'idempotency-key': scene.session },
        body: { action: 'PURCHASED' },
      }),
  },
  { name: 'who is credited for a session', before: attribution, invocation: attribution },
  {
    name: 'link created, with its counts',
    invocation: (scene) => request('POST /referrals', scene),
  },
  { name: 'sign-up: link, session linked, action', invocation: usual('confirm-sign-up') },
  {
    name: 'session with one response linked',
    invocation: (scene) => request('POST /session/link', scene),
  },
  {
    name: 'my links, of which there is one',
    invocation: (scene) => request('GET /referrals', scene),
  },
  {
    name: 'page of 20 responses',
    clicks: 25,
    invocation: (scene) => request('GET /referrals/{code}/responses', scene),
  },
  {
    name: 'stats of a link with 25 clicks',
    clicks: 25,
    invocation: (scene) => request('GET /referrals/{code}/stats', scene),
  },
];
