import { describe, expect, inject, test } from 'vitest';
import { call, click, createReferral, signUp } from './client.ts';
import { newSession } from './domain.ts';
import { startTestService } from './test-service.ts';

const outputs = inject('outputs');

const act = (options: Parameters<typeof call>[2], action = 'BOUGHT') =>
  call(outputs, 'POST /actions', { body: { action }, ...options });

/** Has the app's backend record a purchase. */
const record = (service: typeof outputs, session: string) =>
  call(service, 'POST /2015-03-31/functions/record-backend-action/invocations', {
    body: { session, action: 'PURCHASED' },
  });

describe('POST /actions', () => {
  test('records an action of a session, and credits the link it clicked (201)', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { session } = await click(outputs, code);
    const { status, body } = await call(outputs, 'POST /actions', {
      session,
      headers: { referer: 'https://app.example.com/pricing' },
      body: { action: 'BOUGHT', target: { type: 'product', id: '7' } },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      response: {
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        code,
        action: 'BOUGHT',
        actionDisplay: 'BOUGHT',
        kind: 'human',
        first: false,
        userId: null,
        target: { type: 'product', id: '7' },
        httpReferer: 'https://app.example.com/pricing',
        createdAt: expect.stringMatching(/Z$/),
      },
    });
  });

  test('takes any name for an action, including names of JavaScript’s own properties', async () => {
    const { session } = await click(outputs, await createReferral(outputs, await signUp(outputs)));
    for (const action of ['constructor', 'toString', '__proto__', 'Käufe 🎉']) {
      const { status, body } = await act({ session }, action);
      expect([status, body.response.action, body.response.actionDisplay]).toEqual([
        201,
        action,
        action,
      ]);
    }
  });

  test('also takes the session from the cookie', async () => {
    const code = await createReferral(outputs, await signUp(outputs));
    const { session } = await click(outputs, code);
    const { body } = await act({ headers: { cookie: `a=b; referral_session=${session}` } });
    expect(body.response.code).toBe(code);
  });

  test('credits the link that the user’s session clicked', async () => {
    const [owner, visitor] = [await signUp(outputs), await signUp(outputs)];
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const together = await act({ token: visitor.token, session });
    expect([together.body.response.code, together.body.response.userId]).toEqual([
      code,
      visitor.userId,
    ]);
    const later = await act({ token: visitor.token });
    expect(later.body.response.code).toBe(code);
  });

  test('records nothing if no referral gets credit (200)', async () => {
    const { token } = await signUp(outputs);
    for (const caller of [{}, { session: newSession() }, { token }]) {
      const { status, body } = await act(caller);
      expect([status, body]).toEqual([200, { response: null }]);
    }
  });

  test('never credits the user’s own link', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    expect((await act({ token: owner.token, session })).body).toEqual({ response: null });
    const again = await click(outputs, code, session);
    expect((await act({ session: again.session })).body).toEqual({ response: null });
  });

  test('credits the link before the last one if the last one is the visitor’s own', async () => {
    const [one, two] = [await signUp(outputs), await signUp(outputs)];
    const [of1, of2] = [await createReferral(outputs, one), await createReferral(outputs, two)];
    const { session } = await click(outputs, of1);
    await click(outputs, of2, session);
    expect((await act({ token: two.token, session })).body.response.code).toBe(of1);
  });

  test('a click of a bot or a prefetch in between changes nothing', async () => {
    const owner = await signUp(outputs);
    const [of1, of2] = [
      await createReferral(outputs, owner, { redirectTo: '/1' }),
      await createReferral(outputs, owner, { redirectTo: '/2' }),
    ];
    const { session } = await click(outputs, of1);
    await call(outputs, `GET /r/${of2}`, {
      headers: { cookie: `referral_session=${session}`, 'sec-purpose': 'prefetch' },
    });
    expect((await act({ session })).body.response.code).toBe(of1);
  });

  test('a page is not trusted: its PURCHASED is distinguished from the backend’s', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    await act({ session }, 'PURCHASED');
    await record(outputs, session);
    const { body } = await call(outputs, `GET /referrals/${code}/responses`, owner);
    expect(
      body.items.map(({ action, trusted, via }: Record<string, unknown>) => [action, trusted, via]),
    ).toEqual([
      ['PURCHASED', true, 'link'],
      ['PURCHASED', false, 'link'],
      ['RESPONDED', true, 'link'],
    ]);
  });

  test('pageActions: pages record only these actions, the backend records any', async () => {
    const variables = {
      DYNAMODB_ENDPOINT: outputs.DynamoDBEndpoint,
      PAGE_ACTIONS: '["VIEWED","STARTED, at last"]',
    };
    const service = await startTestService({ variables });
    const { session } = await click(
      service.outputs,
      await createReferral(service.outputs, await signUp(service.outputs)),
    );
    const fromPage = (action: string) =>
      call(service.outputs, 'POST /actions', { session, body: { action } });
    const { status, body } = await fromPage('PURCHASED');
    expect([status, body]).toEqual([
      422,
      {
        type: 'about:blank',
        title: 'Unprocessable Entity',
        status: 422,
        code: 'invalid_field',
        detail: 'action must be one that pages may record: VIEWED, STARTED, at last.',
        field: 'action',
      },
    ]);
    for (const action of ['VIEWED', 'STARTED, at last']) {
      expect((await fromPage(action)).status).toBe(201);
    }
    expect((await record(service.outputs, session)).body.response.action).toBe('PURCHASED');
    await service.stop();
  });
});
