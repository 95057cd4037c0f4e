import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, test } from 'vitest';
import type { Outputs } from '../../local/outputs.ts';
import type { Answer } from './call-api.ts';
import { call, createReferral, sessionIn, signUp } from './client.ts';
import { domainOn } from './domain.ts';
import { startTestService } from './test-service.ts';

const shared = inject('outputs');

/** The details that the table keeps for a click. */
async function kept(outputs: Outputs, headers: Record<string, string>) {
  const code = await createReferral(outputs, await signUp(outputs));
  const answer: Answer = await call(outputs, `GET /r/${code}`, { headers });
  expect(answer.status).toBe(302);
  const { table } = domainOn(outputs);
  const { Items: [item = {}] = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `VISITOR#${sessionIn(answer)}` },
    }),
  );
  const { ip, httpReferer } = item;
  return { ip, httpReferer, answer };
}

async function withSettings(
  settings: Record<string, string>,
  run: (outputs: Outputs) => Promise<void>,
): Promise<void> {
  const variables = { DYNAMODB_ENDPOINT: shared.DynamoDBEndpoint, ...settings };
  const service = await startTestService({ variables });
  try {
    await run(service.outputs);
  } finally {
    await service.stop();
  }
}

describe('the details kept for a visitor', () => {
  test('have origin and path of a Referer, without the secret in its query', async () => {
    const referer = 'https://user:secret@mail.example.com/inbox/1?token=secret#secret';
    const { httpReferer } = await kept(shared, { referer });
    expect(httpReferer).toBe('https://mail.example.com/inbox/1');
  });

  test('have no Referer that is not a page', async () => {
    expect((await kept(shared, { referer: 'secret' })).httpReferer).toBeUndefined();
  });

  test('have a truncated IP', async () => {
    expect((await kept(shared, {})).ip).toBe('127.0.0.0');
  });

  test('never have an address that the client itself writes into X-Forwarded-For', () =>
    withSettings({ CLIENT_IP_HEADER: 'X-Forwarded-For', REFERER: 'origin' }, async (outputs) => {
      const ipOf = async (header: string) =>
        (await kept(outputs, { 'x-forwarded-for': header })).ip;
      expect(await ipOf('6.6.6.6, 203.0.113.9')).toBe('203.0.113.0');
      expect(await ipOf('6.6.6.6,2001:db8:1:2::9')).toBe('2001:db8:1::');
      // API Gateway appends the address of the proxy that connects to it.
      expect(await ipOf('6.6.6.6, 203.0.113.9, 127.0.0.1')).toBe('203.0.113.0');
      expect(await ipOf('6.6.6.6, garbage')).toBe('127.0.0.0');
      expect(await ipOf('')).toBe('127.0.0.0');

      const referer = 'https://mail.example.com/inbox/1?token=secret';
      expect((await kept(outputs, { referer })).httpReferer).toBe('https://mail.example.com/');
    }));

  test('have neither IP nor referer with ip none and referer none', () =>
    withSettings({ IP: 'none', REFERER: 'none' }, async (outputs) => {
      const { ip, httpReferer } = await kept(outputs, { referer: 'https://blog.example.com/' });
      expect([ip, httpReferer]).toEqual([undefined, undefined]);
    }));

  test('have the whole IP with ip full', () =>
    withSettings({ IP: 'full' }, async (outputs) => {
      expect((await kept(outputs, {})).ip).toBe('127.0.0.1');
    }));
});

describe('security headers', () => {
  test('only answers on the links’ own domain require https', async () => {
    await withSettings({ STRICT_TRANSPORT_SECONDS: '31536000' }, async (outputs) => {
      const { answer } = await kept(outputs, {});
      const unknown = await call(outputs, 'GET /r/nothing-here');
      const api = await call(outputs, 'GET /attribution');
      for (const { headers } of [answer, unknown, api]) {
        expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    });
    const { headers } = await call(shared, 'GET /attribution');
    expect([
      headers.get('strict-transport-security'),
      headers.get('x-content-type-options'),
    ]).toEqual([null, 'nosniff']);
  });
});

describe('a second referral_session cookie', () => {
  test.each([
    'referral_session=',
    'referral_session=malformed',
    'referral_session=%00',
    `referral_session=${'x'.repeat(32)}`,
  ])('after %s, the genuine one counts', async (first) => {
    const code = await createReferral(shared, await signUp(shared));
    const session = sessionIn(await call(shared, `GET /r/${code}`));
    const cookie = `${first}; other=x; referral_session=${session}`;
    expect(sessionIn(await call(shared, `GET /r/${code}`, { headers: { cookie } }))).toBe(session);
    const { body } = await call(shared, 'GET /attribution', { headers: { cookie } });
    expect(body.referral.code).toBe(code);
  });
});
