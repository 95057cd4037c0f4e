import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { startPagingCognito, startWatchedDynamoDB } from './backfill-emulators.ts';
import {
  backfill,
  createPool,
  directory,
  inOwnDirectory,
  linksOf,
  oneLinkEach,
  STATE,
  summary,
  summaryOf,
} from './command.ts';

const outputs = inject('outputs');

inOwnDirectory();

describe('referrals backfill', () => {
  test('an interrupted run continues where it stopped, and the summary covers both runs', async () => {
    const { pool, subs } = await createPool(130);
    const { proxy, putLinks } = await startWatchedDynamoDB();
    const variables = {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: await startPagingCognito(),
    };
    const stopping = putLinks(80);
    const first = backfill(pool, ['--rate', '40'], variables);
    await stopping;
    first.process.kill('SIGINT');
    const { code, stdout, stderr } = await first.ended;
    const done = (await linksOf(subs)).filter(({ length }) => length > 0).length;
    expect(done).toBeGreaterThanOrEqual(80);
    expect(done).toBeLessThan(130);
    expect([code, stderr]).toEqual([
      130,
      `Stopped after ${done} users. To continue from there, run the same command again.\n`,
    ]);
    expect(stdout).toMatch(/^(\d+ of about 130 users\n)+$/);
    expect(stdout.trim().split('\n').at(-1)).toBe(`${done} of about 130 users`);

    proxy.operations.length = 0;
    const second = await backfill(pool, ['--rate', '1000'], variables).ended;
    expect([second.code, second.stderr]).toEqual([
      0,
      `Continuing after ${done} users of an earlier run (${STATE}).\n`,
    ]);
    expect(summary(second.stdout)).toEqual(summaryOf({ created: 130 }));
    // Two reads and a write for each remaining user, so no user was handled twice.
    expect(proxy.operations).toHaveLength(3 * (130 - done));
    expect(await linksOf(subs)).toEqual(oneLinkEach(subs));
    expect(await readdir(directory)).toEqual([]);
  });

  test('a killed run loses the counts of its page, but no link', async () => {
    const { pool, subs } = await createPool(130);
    const { proxy, putLinks } = await startWatchedDynamoDB();
    const variables = {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: await startPagingCognito(),
    };
    const killing = putLinks(90);
    const first = backfill(pool, ['--rate', '40'], variables);
    await killing;
    first.process.kill('SIGKILL');
    await first.ended;
    const state = await readFile(join(directory, STATE), 'utf8');
    expect(JSON.parse(state)).toEqual({
      [`${pool} ${outputs.TableName}`]: {
        pageToken: '60',
        pageDone: [],
        created: 60,
        hadOne: 0,
        unconfirmed: 0,
        withoutSub: 0,
        failed: 0,
        failures: [],
        milliseconds: expect.any(Number),
      },
    });

    const resumedAt = new Date().toISOString();
    const second = await backfill(pool, ['--rate', '1000'], variables).ended;
    expect([second.code, second.stderr]).toEqual([
      0,
      `Continuing after 60 users of an earlier run (${STATE}).\n`,
    ]);
    const links = await linksOf(subs);
    expect(links).toEqual(oneLinkEach(subs));
    const uncounted = links.flat().filter(({ createdAt }) => createdAt < resumedAt).length - 60;
    expect(uncounted).toBeGreaterThanOrEqual(29);
    expect(summary(second.stdout)).toEqual(
      summaryOf({ created: 130 - uncounted, hadOne: uncounted }),
    );
    expect(await readdir(directory)).toEqual([]);
  });

  test('a run keeps the state of another pool in the same file', async () => {
    const { pool } = await createPool(1);
    const other = {
      'other-pool other-table': {
        pageToken: 'token',
        pageDone: ['sub'],
        created: 1,
        hadOne: 2,
        unconfirmed: 3,
        withoutSub: 4,
        failed: 1,
        failures: [{ sub: 'x', reason: 'y' }],
        milliseconds: 5.5,
      },
    };
    await writeFile(join(directory, STATE), JSON.stringify(other));
    const { stdout } = await backfill(pool).ended;
    expect(summary(stdout)).toEqual(summaryOf({ created: 1 }));
    expect(JSON.parse(await readFile(join(directory, STATE), 'utf8'))).toEqual(other);
  });
});
