import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createReferral, ownReferral } from '../../functions/core/create-referral.ts';
import { allPages, call, signUp, type User } from './client.ts';
import { domainOn, newUserId } from './domain.ts';
import { startTestService, type TestService } from './test-service.ts';
import { TIME } from './time.ts';

const LIMIT = 3;
let service: TestService;

beforeAll(async () => {
  const variables = {
    DYNAMODB_ENDPOINT: inject('outputs').DynamoDBEndpoint,
    MAX_REFERRALS_PER_USER: `${LIMIT}`,
    CODE_CUSTOM: 'true',
  };
  service = await startTestService({ variables });
});
afterAll(() => service.stop());

const create = ({ token }: User, body: object) =>
  call(service.outputs, 'POST /referrals', { token, body });

/** A user who has made as many links as they may. */
async function fullUser() {
  const user = await signUp(service.outputs);
  const made = [];
  for (const path of ['/1', '/2', '/3']) made.push(await create(user, { redirectTo: path }));
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
  return { user, made: made.map(({ body }) => body) };
}

const refusal = {
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  code: 'too_many_referrals',
  detail: 'You can make 3 links, and have made them all. Change one that you no longer need.',
};

test('a user can make as many links as maxReferralsPerUser says, besides their own; one more is a 409', async () => {
  const { user, made } = await fullUser();
  expect((await create(user, { redirectTo: '/4' })).body).toEqual(refusal);
  expect((await create(user, { redirectTo: '/4', code: newUserId() })).body).toEqual(refusal);
  const own = await call(service.outputs, 'GET /me/referral', { token: user.token });
  const listed = await allPages(service.outputs, '/referrals', user.token, 2);
  expect(listed).toEqual(
    [...made.toReversed(), own.body].map((referral) => ({ ...referral, countedUntil: TIME })),
  );
  expect((await create(await signUp(service.outputs), { redirectTo: '/4' })).status).toBe(201);
});

test('a user with all their links can create an existing one again, and edit it', async () => {
  const { user, made } = await fullUser();
  const again = await create(user, { redirectTo: '/1' });
  expect([again.status, again.body]).toEqual([200, { ...made[0], countedUntil: TIME }]);
  const { token } = user;
  const path = `PATCH /referrals/${made[0].code}`;
  const edited = await call(service.outputs, path, { token, body: { redirectTo: '/4' } });
  expect([edited.status, edited.body.redirectTo]).toEqual([200, `${service.outputs.ApiUrl}/4`]);
});

test('a stopped link counts', async () => {
  const { user, made } = await fullUser();
  const { token } = user;
  const path = `PATCH /referrals/${made[0].code}`;
  await call(service.outputs, path, { token, body: { disabled: true } });
  expect((await create(user, { redirectTo: '/1' })).body).toEqual(refusal);
});

test('ten links at once are made up to the limit', async () => {
  const user = await signUp(service.outputs);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => create(user, { redirectTo: `/${n}` })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([
    ...Array(LIMIT).fill(201),
    ...Array(10 - LIMIT).fill(409),
  ]);
  expect(await allPages(service.outputs, '/referrals', user.token, 100)).toHaveLength(LIMIT + 1);
});

test('a user who has made all their links before they sign up gets their own link', async () => {
  const domain = domainOn(inject('outputs'), { maxReferralsPerUser: 1 });
  const userId = newUserId();
  await createReferral(domain, { userId, redirectTo: '/1' });
  await expect(createReferral(domain, { userId, redirectTo: '/2' })).rejects.toMatchObject({
    code: 'too_many_referrals',
  });
  expect(await ownReferral(domain, userId)).toMatchObject({ created: true, referral: { userId } });
});

test('links without an owner are not limited', async () => {
  const domain = domainOn(inject('outputs'), { maxReferralsPerUser: 1 });
  const paths = [newUserId(), newUserId()];
  const made = await Promise.all(
    paths.map((path) => createReferral(domain, { redirectTo: `/${path}` })),
  );
  expect(made.map(({ created }) => created)).toEqual([true, true]);
});
