import type { Services } from '../database.ts';
import { click, type Invocation, request, usual } from '../events.ts';
import { newClick, newReferral, type Scene } from '../scene.ts';

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

const withCookie = request('hit', ({ session }) => ({
  headers: { cookie: `referral_session=${session}` },
}));

const clickOnUnknown = request('hit', () => ({ parameters: { proxy: 'unknown' } }));

const exchange = request('create-session');

const action = request('record-action');

const attribution = request('get-attribution');

/** Requests of visitors, users and backends. */
export const requests: readonly CountedRequest[] = [
  { name: 'click of a new visitor', before: click, invocation: click },
  { name: 'click of a visitor who comes back', before: click, invocation: withCookie },
  {
    name: '… whose session was linked to a user',
    before: click,
    invocation: async (scene, services) => {
      const { store, now } = services;
      await store.claimSession(scene.session, 'somebody', now());
      await store.linkResponses(scene.session, 'somebody', 500);
      return withCookie(scene);
    },
  },
  {
    name: 'click by a bot',
    before: click,
    invocation: request('hit', () => ({ headers: { 'user-agent': BOT } })),
  },
  { name: 'click on a link that the function has not seen', invocation: click, status: 302 },
  { name: 'click on an unknown code', invocation: clickOnUnknown, status: 404 },
  { name: '… again within 5 s', invocation: clickOnUnknown, status: 404 },
  { name: 'handoff exchanged for its session', before: click, invocation: exchange },
  { name: '… again, by another visitor', before: exchange, invocation: exchange },
  { name: 'action of a session', before: action, invocation: action },
  {
    name: '… with an Idempotency-Key',
    before: action,
    invocation: request('record-action', ({ session }) => ({
      headers: { 'x-referral-session': session, 'idempotency-key': session },
      body: { action: 'PURCHASED' },
    })),
  },
  { name: 'who is credited for a session', before: attribution, invocation: attribution },
  { name: 'link created, with its counts', invocation: request('create-referral') },
  { name: 'sign-up: link, session linked, action', invocation: usual('confirm-sign-up') },
  { name: 'session with one response linked', invocation: request('link-session') },
  { name: 'my links, of which there is one', invocation: request('list-referrals') },
  {
    name: 'page of 20 links, with their counts',
    invocation: async (scene, { store }) => {
      for (let link = 1; link < 20; link++) {
        const referral = newReferral(scene.userId, new Date());
        await store.createReferral(referral, []);
        await store.putResponse(newClick(referral, new Date()), referral);
      }
      return request('list-referrals')(scene);
    },
  },
  {
    name: 'page of 20 responses',
    clicks: 25,
    invocation: request('list-referral-responses'),
  },
  {
    name: 'stats of a link with 25 clicks',
    clicks: 25,
    invocation: request('get-stats'),
  },
];
