import { encodeTime } from 'ulid';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Change, changeFollower } from '../../functions/core/events.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Response } from '../../functions/core/response.ts';
import {
  parseReferralEvent,
  type ReferralCreated,
  type ResponseRecorded,
  type UserLinkedToResponse,
} from '../../web/backend/index.ts';
import type { components } from '../../web/client/contract.ts';

const createdAt = '2026-03-01T10:10:00.000Z';
const target = { type: 'order', id: '1042' };

/** A response with as little as it can have. */
const least: Response = {
  id: `${encodeTime(Date.parse(createdAt), 10)}${'X'.repeat(16)}`,
  code: 'H7lMCTKv9X',
  action: 'PURCHASED',
  kind: 'human',
  first: false,
  trusted: true,
  session: 'session',
  createdAt,
};

const response: Response = {
  ...least,
  referrerId: 'ada',
  via: 'link',
  existingUser: false,
  userId: 'grace',
  target,
};

/** Changes of each kind, with everything that an event can have, and with as little as it can have. */
const changes: Change[] = [
  {
    type: 'referral-created',
    referral: {
      id: 'link',
      code: 'code',
      userId: 'ada',
      label: 'news',
      redirectTo: '/',
      target,
      createdAt,
      buckets: 1,
    } as Referral,
  },
  {
    type: 'referral-created',
    referral: { id: 'link', code: 'code', redirectTo: '/', createdAt, buckets: 1 } as Referral,
  },
  { type: 'response-recorded', response, writtenAt: Date.parse(createdAt) },
  { type: 'response-recorded', response: least, writtenAt: Date.parse(createdAt) },
  { type: 'response-linked', response },
  { type: 'response-linked', response: { ...least, userId: 'grace' } },
];

/** The events that the service publishes for the changes, as EventBridge delivers them. */
async function delivered() {
  const events: { source: string; 'detail-type': string; detail: Record<string, unknown> }[] = [];
  const follow = changeFollower(
    {
      store: { openHours: async () => [], openHour: async () => {}, reopenHour: async () => {} },
      settings: { retention: undefined, events: { clicks: 'all' } },
      now: () => new Date(createdAt),
      newId: () => 'version',
      publish: async ({ type, detail }) => {
        events.push({
          source: 'cdk-referrals',
          'detail-type': type,
          detail: JSON.parse(JSON.stringify(detail)),
        });
      },
    },
    new Map(),
  );
  for (const change of changes) await follow(change);
  return events;
}

describe('parseReferralEvent', () => {
  test('reads every event that the service publishes, and changes nothing in it', async () => {
    const events = await delivered();
    expect(events.map(({ 'detail-type': type }) => type)).toEqual([
      'ReferralCreated',
      'ReferralCreated',
      'ResponseRecorded',
      'ResponseRecorded',
      'UserLinkedToResponse',
      'UserLinkedToResponse',
    ]);
    expect(events.map((event) => parseReferralEvent({ version: '0', ...event }))).toEqual(
      events.map(({ 'detail-type': type, detail }) => ({ type, detail })),
    );
  });

  test('tells the types of events apart', async () => {
    const first = (await delivered())
      .map(parseReferralEvent)
      .flatMap((event) => (event.type === 'ResponseRecorded' ? [event.detail.first] : []));
    expect(first).toEqual([false, false]);
  });

  test('lets fields and values through that a later version of the service adds', async () => {
    const [, , event] = await delivered();
    const detail = { ...event?.detail, via: 'qr', kind: 'robot', country: 'DE' };
    expect(parseReferralEvent({ ...event, detail })).toEqual({ type: 'ResponseRecorded', detail });
  });

  test('refuses an event from which a field is missing, whichever it is', async () => {
    for (const event of await delivered()) {
      for (const name of Object.keys(event.detail)) {
        const { [name]: _missing, ...detail } = event.detail;
        expect(() => parseReferralEvent({ ...event, detail })).toThrow(
          `This is no event of cdk-referrals: detail.${name} is missing.`,
        );
      }
    }
  });

  test.each([
    [null, 'event', 'event must be Object.'],
    [{}, 'source', 'source is missing.'],
    [
      { source: 'aws.s3', 'detail-type': 'Object Created' },
      'source',
      'source must be "cdk-referrals".',
    ],
    [
      { source: 'cdk-referrals', 'detail-type': 'Other', detail: {} },
      'detail-type',
      'detail-type must be ("ReferralCreated" | "ResponseRecorded" | "UserLinkedToResponse").',
    ],
    [
      { source: 'cdk-referrals', 'detail-type': 'ReferralCreated', detail: 'x' },
      'detail',
      'detail must be Object.',
    ],
    [
      { source: 'cdk-referrals', 'detail-type': 'ReferralCreated', detail: { id: 7 } },
      'detail.id',
      'detail.id must be string.',
    ],
  ])('refuses %j in one sentence', (event, field, sentence) => {
    expect(() => parseReferralEvent(event)).toThrow(
      expect.objectContaining({
        name: 'ReferralsProblem',
        message: `This is no event of cdk-referrals: ${sentence}`,
        code: 'invalid_event',
        field,
      }),
    );
  });
});

test('the types of events are as in the contract', () => {
  type Contract = components['schemas'];
  type Detail<Event extends { readonly detail: unknown }> = Event['detail'];
  expectTypeOf<Contract['ReferralCreated']>().toExtend<Detail<ReferralCreated>>();
  expectTypeOf<Contract['ResponseRecorded']>().toExtend<Detail<ResponseRecorded>>();
  expectTypeOf<Contract['UserLinkedToResponse']>().toExtend<Detail<UserLinkedToResponse>>();
  expectTypeOf<keyof Contract['ReferralCreated']>().toEqualTypeOf<keyof Detail<ReferralCreated>>();
  expectTypeOf<keyof Contract['ResponseRecorded']>().toEqualTypeOf<
    keyof Detail<ResponseRecorded>
  >();
  expectTypeOf<keyof Contract['UserLinkedToResponse']>().toEqualTypeOf<
    keyof Detail<UserLinkedToResponse>
  >();
});
