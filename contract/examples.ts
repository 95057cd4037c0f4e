import type { ComponentName } from './components.ts';

const referral = {
  code: 'H7lMCTKv9X',
  url: 'https://api.example.com/r/H7lMCTKv9X',
  firstCode: 'H7lMCTKv9X',
  userId: '14cfbb09-a582-4c71-a7b5-c0ba53ef27bd',
  label: 'newsletter',
  redirectTo: 'https://app.example.com/welcome',
  target: { type: 'article', id: '42' },
  createdAt: '2026-11-24T06:43:58.413Z',
  expiresAt: null,
  disabledAt: null,
  clicks: 7,
  uniqueVisitors: 5,
  suspicious: 0,
  countedUntil: '2026-11-24T12:00:00.000Z',
};

const response = {
  id: '01KATW3ZVD4M0YV0Q7Y6ZK2B6C',
  code: 'H7lMCTKv9X',
  action: 'RESPONDED',
  actionDisplay: 'Clicked on referral link',
  kind: 'human',
  first: true,
  trusted: true,
  via: 'link',
  userId: null,
  target: null,
  httpReferer: 'https://blog.example.com/',
  campaign: { source: 'newsletter', medium: 'email' },
  createdAt: '2026-11-24T06:43:58.413Z',
};

const action = {
  id: '01KASVDPM2T7Q9Y3W5B8C4XEFG',
  code: 'H7lMCTKv9X',
  action: 'PURCHASED',
  kind: 'human',
  first: false,
  target: { type: 'order', id: '1234' },
  createdAt: '2026-11-24T06:43:58.428Z',
};

const noCounts = {
  clicks: 0,
  uniqueVisitors: 0,
  suspicious: 0,
  bots: 0,
  prefetches: 0,
  ownClicks: 0,
  actions: {},
  trustedActions: {},
};

const attribution = {
  code: 'H7lMCTKv9X',
  target: { type: 'article', id: '42' },
  redirectTo: 'https://app.example.com/welcome',
  respondedAt: '2026-11-24T06:43:58.413Z',
  via: 'link',
};

const session = 'iw9UQwmmN1Da8LbkmZ0vOd1hy4U0q3Xz';
const digest = 'd1f4bbd3f4a2e6a5d0d8f2d0c9b5b4a3e2f1c0d9b8a7f6e5d4c3b2a190817263';
const user = { type: 'user', id: '9b2e6a4c-0d1f-4f0e-8a55-3d7c6f21b9ae' };

const created = {
  id: '01KATW3ZVD4M0YV0Q7Y6ZK2B6C',
  code: referral.code,
  referrer: referral.userId,
  label: referral.label,
  redirectTo: referral.redirectTo,
  target: referral.target,
  createdAt: referral.createdAt,
};

const onBus = (type: string, detail: object) => ({
  source: 'cdk-referrals',
  'detail-type': type,
  detail,
});

/** Examples of what the service sends. Those of what it takes stand with the routes. */
export const examples: Readonly<Partial<Record<ComponentName, object>>> = {
  Referral: referral,
  ReferralList: { items: [referral], nextCursor: null },
  Response: response,
  ResponseList: { items: [response], nextCursor: '01KATW3ZVD4M0YV0Q7Y6ZK2B6C' },
  RecordedAction: {
    response: {
      ...action,
      actionDisplay: 'PURCHASED',
      userId: null,
      httpReferer: 'https://app.example.com/checkout',
    },
  },
  UnrecordedAction: { response: null },
  VisitorAttribution: { referral: attribution },
  Arrival: { referral: { ...attribution, via: 'page' }, session, cookie: false },
  Session: { session, cookie: false },
  LinkedSession: { linked: 3 },
  Stats: {
    from: '2026-11-22T23:00:00.000Z',
    to: '2026-11-24T23:00:00.000Z',
    interval: 'day',
    timeZone: 'Europe/Berlin',
    totals: {
      ...noCounts,
      clicks: 7,
      uniqueVisitors: 5,
      bots: 1,
      actions: { SIGNED_UP: 2 },
      trustedActions: { SIGNED_UP: 2 },
    },
    series: [
      { start: '2026-11-22T23:00:00.000Z', ...noCounts, clicks: 3, uniqueVisitors: 2 },
      {
        start: '2026-11-23T23:00:00.000Z',
        ...noCounts,
        clicks: 4,
        uniqueVisitors: 3,
        bots: 1,
        actions: { SIGNED_UP: 2 },
        trustedActions: { SIGNED_UP: 2 },
      },
    ],
    countedUntil: '2026-11-24T12:00:00.000Z',
  },
  Problem: {
    type: 'about:blank',
    title: 'Unprocessable Entity',
    status: 422,
    code: 'invalid_redirect',
    detail:
      'redirectTo must be a path such as /welcome, or a URL on one of: https://app.example.com.',
    field: 'redirectTo',
  },
  GatewayProblem: { message: 'Unauthorized' },
  ReferralCreatedEvent: onBus('ReferralCreated', created),
  ResponseRecordedEvent: onBus('ResponseRecorded', {
    ...action,
    trusted: true,
    via: 'link',
    existingUser: false,
    referrer: referral.userId,
    visitor: user,
  }),
  UserLinkedToResponseEvent: onBus('UserLinkedToResponse', {
    id: response.id,
    code: referral.code,
    action: 'RESPONDED',
    kind: 'human',
    trusted: true,
    referrer: referral.userId,
    visitor: user,
    session: digest,
    createdAt: response.createdAt,
  }),
};
