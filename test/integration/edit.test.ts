import { setTimeout as delay } from 'node:timers/promises';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import {
  createReferral as createInDomain,
  ownReferral,
} from '../../functions/core/create-referral.ts';
import { editReferral } from '../../functions/core/edit-referral.ts';
import { allPages, call, click, createReferral, signUp, type User } from './client.ts';
import { domainOn, newUserId } from './domain.ts';
import { TIME } from './time.ts';

const outputs = inject('outputs');

const edit = ({ token }: User, code: string, body: object) =>
  call(outputs, `PATCH /referrals/${code}`, { token, body });
const create = ({ token }: User, body: object) => call(outputs, 'POST /referrals', { token, body });
const read = async ({ token }: User, code: string) =>
  (await call(outputs, `GET /referrals/${code}`, { token })).body;

describe('PATCH /referrals/{code}', () => {
  test('changes only label, time, destination and target', async () => {
    const user = await signUp(outputs);
    const { body: before } = await create(user, { redirectTo: '/welcome' });
    const changes = {
      redirectTo: '/spring',
      label: ' spring ',
      target: { type: 'article', id: '42' },
      expiresAt: '2999-01-01T02:00:00+02:00',
    };
    const { status, headers, body } = await edit(user, before.code, changes);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      ...before,
      ...changes,
      redirectTo: `${outputs.ApiUrl}/spring`,
      label: 'spring',
      expiresAt: '2999-01-01T00:00:00.000Z',
      countedUntil: TIME,
    });
    expect(await read(user, before.code)).toEqual({ ...body, countedUntil: TIME });
    const answer = await click(outputs, before.code);
    expect(answer.headers.get('location')).toBe(`${outputs.ApiUrl}/spring`);
  });

  test('keeps a missing field, and removes a field that is null', async () => {
    const user = await signUp(outputs);
    const { body: before } = await create(user, {
      redirectTo: '/welcome',
      label: 'x',
      target: { type: 'article', id: '42' },
      expiresAt: '2999-01-01T00:00:00Z',
    });
    const { body: relabelled } = await edit(user, before.code, { label: 'y' });
    expect(relabelled).toEqual({ ...before, label: 'y', countedUntil: TIME });
    const none = { label: null, target: null, expiresAt: null };
    expect((await edit(user, before.code, none)).body).toEqual({
      ...before,
      ...none,
      countedUntil: TIME,
    });
  });

  test('stops a link, so that clicks lead to the default destination and are not recorded', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const stopped = await edit(user, code, { disabled: true });
    expect(stopped.body).toMatchObject({ code, disabledAt: TIME });
    const answer = await click(outputs, code);
    expect([answer.status, answer.headers.get('location'), answer.session]).toEqual([
      302,
      outputs.DefaultRedirectTo,
      '',
    ]);
    expect((await edit(user, code, { disabled: true })).body).toEqual({
      ...stopped.body,
      countedUntil: TIME,
    });
    expect(await read(user, code)).toMatchObject({ clicks: 0 });
    expect((await edit(user, code, { disabled: false })).body).toMatchObject({ disabledAt: null });
  });

  test('keeps the clicks of a link and their partitions', async () => {
    const { table } = domainOn(outputs);
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    await click(outputs, code);
    const item = { TableName: table.name, Key: { pk: `REFERRAL#${code}`, sk: 'REFERRAL' } };
    await table.client.send(
      new UpdateCommand({
        ...item,
        UpdateExpression: 'SET buckets = :four',
        ExpressionAttributeValues: { ':four': 4 },
      }),
    );
    expect((await edit(user, code, { label: 'x' })).body).toMatchObject({ clicks: 1 });
    const { Item } = await table.client.send(new GetCommand(item));
    expect(Item).toMatchObject({ buckets: 4, label: 'x' });
  });

  test('loses none of several concurrent edits', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    const changes = [
      { target: { type: 'article', id: '42' } },
      { expiresAt: '2999-01-01T00:00:00Z' },
      { redirectTo: '/spring' },
      ...Array.from({ length: 5 }, (_, n) => ({ label: `label ${n}` })),
    ];
    const answers = await Promise.all(changes.map((body) => edit(user, code, body)));
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    expect(await read(user, code)).toMatchObject({
      target: { type: 'article', id: '42' },
      expiresAt: '2999-01-01T00:00:00.000Z',
      redirectTo: `${outputs.ApiUrl}/spring`,
      label: expect.stringMatching(/^label \d$/),
    });
  });
});

describe('the claim of an edited link', () => {
  test('moves with the edit: creating the new link finds it, creating the old link makes a new one', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user, { redirectTo: '/', label: 'old' });
    await edit(user, code, { label: 'new' });
    const found = await create(user, { redirectTo: '/', label: 'new' });
    const made = await create(user, { redirectTo: '/', label: 'old' });
    expect([found.status, found.body.code, made.status]).toEqual([200, code, 201]);
    expect(made.body.code).not.toBe(code);
  });

  test.each([
    ['label', { label: 'other' }],
    ['redirectTo', { redirectTo: '/other' }],
    ['target', { target: { type: 'article', id: '42' } }],
  ])('may not belong to another live link (%s)', async (field, change) => {
    const user = await signUp(outputs);
    const other = await createReferral(outputs, user, { redirectTo: '/welcome', ...change });
    const code = await createReferral(outputs, user);
    const { status, body } = await edit(user, code, change);
    expect([status, body]).toEqual([
      409,
      {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        code: 'referral_exists',
        detail: `You already have a link with this destination, label and target: ${other}.`,
        field,
      },
    ]);
    await edit(user, other, { disabled: true });
    expect((await edit(user, code, change)).status).toBe(200);
    expect((await create(user, { redirectTo: '/welcome', ...change })).body.code).toBe(code);
  });

  test('is lost if a new link replaces the stopped one, and comes back if the new one is stopped', async () => {
    const user = await signUp(outputs);
    const code = await createReferral(outputs, user);
    await edit(user, code, { disabled: true });
    const successor = await createReferral(outputs, user);
    const refused = await edit(user, code, { disabled: false });
    expect([refused.status, refused.body.code, refused.body.field]).toEqual([
      409,
      'referral_exists',
      'disabled',
    ]);
    await edit(user, successor, { disabled: true });
    expect((await edit(user, code, { disabled: false })).status).toBe(200);
    expect(await createReferral(outputs, user)).toBe(code);
  });

  test('does not conflict with somebody else’s link', async () => {
    const [user, other] = [await signUp(outputs), await signUp(outputs)];
    await createReferral(outputs, other, { redirectTo: '/welcome', label: 'x' });
    const code = await createReferral(outputs, user);
    expect((await edit(user, code, { label: 'x' })).status).toBe(200);
  });

  test('goes to one of two links that are edited into the same link at once', async () => {
    const user = await signUp(outputs);
    const codes = [
      await createReferral(outputs, user, { redirectTo: '/1' }),
      await createReferral(outputs, user, { redirectTo: '/2' }),
    ];
    const answers = await Promise.all(
      codes.map((code) => edit(user, code, { redirectTo: '/same' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('goes to one link if a link is edited into one that is being created', async () => {
    const user = await signUp(outputs);
    for (const label of ['a', 'b', 'c', 'd', 'e']) {
      const code = await createReferral(outputs, user, { redirectTo: `/${label}` });
      const same = { redirectTo: '/same', label };
      const [edited, made] = await Promise.all([edit(user, code, same), create(user, same)]);
      const listed = await allPages(outputs, '/referrals', user.token, 100);
      expect(listed.filter((referral) => referral.label === label)).toHaveLength(1);
      expect([edited.status, made.status]).toEqual(
        made.body.code === code ? [200, 200] : [409, 201],
      );
    }
  });

  test('comes back to an expired link that gets a later time', async () => {
    const user = await signUp(outputs);
    const soon = new Date(Date.now() + 1_000).toISOString();
    const { body } = await create(user, { redirectTo: '/welcome', expiresAt: soon });
    await delay(1_100);
    expect((await edit(user, body.code, { expiresAt: null })).status).toBe(200);
    expect(await createReferral(outputs, user)).toBe(body.code);
  });
});

describe("a user's own link", () => {
  const own = async ({ token }: User) => (await call(outputs, 'GET /me/referral', { token })).body;

  test('stays their own link after an edit', async () => {
    const user = await signUp(outputs);
    const { code } = await own(user);
    const { body } = await edit(user, code, { redirectTo: '/welcome', label: 'mine' });
    expect(await own(user)).toEqual({ ...body, countedUntil: TIME });
  });

  test('is not replaced after the user stops it', async () => {
    const user = await signUp(outputs);
    const { code } = await own(user);
    const { body } = await edit(user, code, { disabled: true });
    expect(await own(user)).toEqual({ ...body, countedUntil: TIME });
    const other = await create(user, { redirectTo: outputs.DefaultRedirectTo });
    expect([other.status, (await own(user)).code]).toEqual([201, code]);
  });

  test('can be edited even if it is the same as an earlier link', async () => {
    const domain = domainOn(outputs);
    const link = { userId: newUserId(), redirectTo: domain.settings.defaultRedirectTo };
    const { referral: before } = await createInDomain(domain, link);
    const { referral: own } = await ownReferral(domain, link.userId);
    expect(own.code).not.toBe(before.code);
    const editOwn = (changes: object) => editReferral(domain, link.userId, own.code, changes);
    const expiresAt = '2999-01-01T00:00:00.000Z';
    expect(await editOwn({ expiresAt })).toMatchObject({ code: own.code, expiresAt });
    expect((await createInDomain(domain, link)).referral.code).toBe(before.code);
    await editOwn({ label: 'mine' });
    await expect(editOwn({ label: null })).rejects.toMatchObject({ code: 'referral_exists' });
  });
});
