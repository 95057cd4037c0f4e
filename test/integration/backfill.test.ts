import { randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
  CreateUserPoolClientCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, inject, test } from 'vitest';
import { ownReferral } from '../../functions/core/create-referral.ts';
import { startWatchedDynamoDB } from './backfill-emulators.ts';
import { PASSWORD } from './client.ts';
import {
  backfill,
  cognito,
  createPool,
  directory,
  inOwnDirectory,
  linksOf,
  oneLinkEach,
  summary,
  summaryOf,
} from './command.ts';
import { domainOn } from './domain.ts';

const outputs = inject('outputs');

inOwnDirectory();

describe('referrals backfill', () => {
  test('gives every user exactly one link, and a second run creates none', async () => {
    const { pool, subs } = await createPool(5);
    const first = await backfill(pool).ended;
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(summary(first.stdout)).toEqual(summaryOf({ created: 5 }));
    const links = await linksOf(subs);
    expect(links).toEqual(oneLinkEach(subs));

    const second = await backfill(pool).ended;
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(summary(second.stdout)).toEqual(summaryOf({ hadOne: 5 }));
    expect(await linksOf(subs)).toEqual(links);
    expect(await readdir(directory)).toEqual([]);
  });

  test('makes codes with the deployment’s hooks', async () => {
    const { pool, subs } = await createPool(2);
    const hooks = "export const generateCode = (_, owner) => 'of-' + owner.attributes.sub;";
    await writeFile(join(directory, 'hooks.mjs'), hooks);
    const { code } = await backfill(pool, ['--hooks', 'hooks.mjs']).ended;
    expect(code).toBe(0);
    const codes = (await linksOf(subs)).flat().map((link) => link.code);
    expect(codes).toEqual(subs.map((sub) => `of-${sub}`));
  });

  test('leaves an existing link of a user as it is', async () => {
    const { pool, subs } = await createPool(3);
    const services = domainOn(outputs);
    const { referral } = await ownReferral(services, subs[1] ?? '');
    const { stdout } = await backfill(pool).ended;
    expect(summary(stdout)).toEqual(summaryOf({ created: 2, hadOne: 1 }));
    const [first, second, third] = await linksOf(subs);
    expect(second).toEqual([referral]);
    expect([first, third]).toEqual(oneLinkEach([subs[0] ?? '', subs[2] ?? '']));
  });

  test('disabled users and users who must change their password get a link, unconfirmed users do not', async () => {
    const { pool, subs } = await createPool(2);
    const [disabled = '', confirmed = ''] = subs;
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: pool, Username: disabled }));
    await cognito.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: pool,
        Username: confirmed,
        Password: PASSWORD,
        Permanent: true,
      }),
    );
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({ UserPoolId: pool, ClientName: 'app' }),
    );
    const Username = `${randomUUID()}@example.com`;
    const { UserSub = '' } = await cognito.send(
      new SignUpCommand({
        ClientId: UserPoolClient?.ClientId,
        Username,
        Password: PASSWORD,
        UserAttributes: [{ Name: 'email', Value: Username }],
      }),
    );
    const { stdout } = await backfill(pool).ended;
    expect(summary(stdout)).toEqual(summaryOf({ created: 2, unconfirmed: 1 }));
    expect(await linksOf([...subs, UserSub])).toEqual([...oneLinkEach(subs), []]);
  });

  test('--dry-run says how many would get a link, and writes nothing', async () => {
    const { pool, subs } = await createPool(3);
    await ownReferral(domainOn(outputs), subs[0] ?? '');
    const before = await linksOf(subs);
    const { proxy } = await startWatchedDynamoDB();
    const { code, stdout, stderr } = await backfill(pool, ['--dry-run'], {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    }).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(summary(stdout)).toEqual(summaryOf({ created: 2, hadOne: 1 }, { dryRun: true }));
    expect(new Set(proxy.operations)).toEqual(new Set(['GetItem']));
    expect(await linksOf(subs)).toEqual(before);
    expect(await readdir(directory)).toEqual([]);
  });

  test('does not exceed its rate', async () => {
    const { pool, subs } = await createPool(11);
    const { proxy } = await startWatchedDynamoDB();
    const puts: number[] = [];
    proxy.decide = (operation) => {
      if (operation === 'TransactWriteItems') puts.push(performance.now());
      return 'pass';
    };
    await backfill(pool, ['--rate', '5'], { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint }).ended;
    expect(await linksOf(subs)).toEqual(oneLinkEach(subs));
    // Five at once, five in the second second, one after it. The first ones wait for a connection.
    expect((puts[10] ?? 0) - (puts[0] ?? 0)).toBeGreaterThan(1500);
  });

  test('a failed user does not stop the others, and gets their link in the next run', async () => {
    const { pool, subs } = await createPool(4);
    await ownReferral(domainOn(outputs), subs[0] ?? '');
    const { proxy } = await startWatchedDynamoDB();
    proxy.decide = (operation) => (operation === 'TransactWriteItems' ? 'throttle' : 'pass');
    const variables = { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
    const first = await backfill(pool, [], variables).ended;
    expect([first.code, first.stderr]).toEqual([1, '']);
    const failed = summary(first.stdout).filter((line) => line.startsWith('  '));
    expect(failed.sort()).toEqual(
      subs
        .slice(1)
        .map((sub) => `  ${sub}: Throughput exceeds the current capacity of your table or index.`)
        .sort(),
    );
    expect(summary(first.stdout).filter((line) => !line.startsWith('  '))).toEqual([
      'Users seen: 4',
      'Links created: 0',
      'Had one already: 1',
      'Skipped, unconfirmed (they get a link when they confirm): 0',
      'Failed: 3',
      'Seconds: N',
      'Next: run the same command again. Users with a link keep it, failed users are tried again.',
    ]);
    expect(await readdir(directory)).toEqual([]);

    proxy.decide = () => 'pass';
    const second = await backfill(pool, [], variables).ended;
    expect(second.code).toBe(0);
    expect(summary(second.stdout)).toEqual(summaryOf({ created: 3, hadOne: 1 }));
  });
});
