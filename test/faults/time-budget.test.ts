import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createReferral } from '../../functions/core/create-referral.ts';
import { linkSession } from '../../functions/core/link.ts';
import type { Referral } from '../../functions/core/referral.ts';
import { environment as env } from '../../functions/environment.ts';
import type { Fate } from '../dynamodb-proxy/fates.ts';
import { newUserId } from '../integration/domain.ts';
import { readTable, violations } from './oracle.ts';
import { type Stage, startStage } from './stage.ts';
import { sendClick } from './visitor.ts';

/** Milliseconds until a visitor must be redirected, see `clickTimeout`. */
const BUDGET = 3_000;

let stage: Stage;
let referral: Referral;

const setTheStage = async () => {
  stage = await startStage({ workers: ['api', 'clicks'] });
  const created = await createReferral(stage.domain, { userId: newUserId(), redirectTo: '/' });
  referral = created.referral;
};

const newReferer = () => `https://example.com/${randomUUID()}`;

const fates: Record<string, Fate> = {
  'cuts connections': 'cut',
  'cuts connections after the write': 'cut-after',
  'never answers': 'hang',
  'answers too late': 'slow',
  'gets requests too late': 'late',
  'has internal errors': 'error',
  'has internal errors after the write': 'error-after',
  'refuses because of load': 'throttle',
  'has another transaction under way': 'conflict',
};

describe('while the table', () => {
  beforeEach(setTheStage);

  test.each(Object.entries(fates))(
    '%s, visitors are redirected in time, and their clicks are stored once, later',
    async (_name, fate) => {
      const { proxy, domain } = stage;
      const known = await sendClick(stage, referral.code, newReferer());
      // Classifying a click of this visitor takes three reads, one after another.
      const returning = await sendClick(stage, referral.code, newReferer());
      await linkSession(domain, returning.session ?? '', newUserId());

      const referers = [newReferer(), newReferer(), newReferer()];
      proxy.decide = () => fate;
      const answers = await Promise.all([
        sendClick(stage, referral.code, referers[0] ?? ''),
        sendClick(stage, referral.code, referers[1] ?? '', known.session),
        sendClick(stage, referral.code, referers[2] ?? '', returning.session),
      ]);
      proxy.decide = () => 'pass';
      expect(answers.map(({ status }) => status)).toEqual([302, 302, 302]);
      for (const { took } of answers) expect(took).toBeLessThan(BUDGET);
      expect(answers.map(({ session }) => session)).toEqual([
        expect.any(String),
        known.session,
        returning.session,
      ]);

      await expect.poll(() => stage.clicks.pending(), { timeout: 20_000 }).toBe(0);
      expect(await violations(domain, { answered: referers })).toEqual([]);
      const { responses } = await readTable(domain);
      const stored = referers.map((referer) =>
        responses.find(({ httpReferer }) => httpReferer === referer),
      );
      expect(stored.map((response) => [response?.kind, response?.first])).toEqual([
        ['human', true],
        ['human', false],
        ['human', false],
      ]);
    },
  );

  test('hangs in all tries of a call but the last, visitors are redirected in time', async () => {
    const { proxy, domain } = stage;
    const { session } = await sendClick(stage, referral.code, newReferer());
    await linkSession(domain, session ?? '', newUserId());
    const tries = new Map<string, number>();
    proxy.decide = (operation, input) => {
      const call = `${operation} ${JSON.stringify(input)}`;
      tries.set(call, (tries.get(call) ?? 0) + 1);
      return (tries.get(call) ?? 0) < 4 ? 'hang' : 'pass';
    };
    const referer = newReferer();
    const answer = await sendClick(stage, referral.code, referer, session);
    expect(answer).toMatchObject({ status: 302, session });
    expect(answer.took).toBeLessThan(BUDGET);
    proxy.decide = () => 'pass';
    await expect.poll(() => stage.clicks.pending(), { timeout: 20_000 }).toBe(0);
    expect(await violations(domain, { answered: [referer] })).toEqual([]);
  });

  test('can’t be read and the link is not known, the answer is a 503 in time', async () => {
    stage.proxy.decide = () => 'hang';
    const { status, took } = await sendClick(stage, referral.code, newReferer());
    expect(status).toBe(503);
    expect(took).toBeLessThan(BUDGET);
  });
});

test('while neither the table nor the queue answers, visitors get a 503 in time', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  onTestFinished(() => {
    silent.close();
    silent.closeAllConnections();
  });
  await once(silent, 'listening');
  const queueUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/000000000000/clicks`;
  const { apiUrl, domain, proxy } = await startStage({
    workers: ['api'],
    variables: { [env.clickQueueUrl]: queueUrl },
  });
  const created = await createReferral(domain, { userId: newUserId(), redirectTo: '/' });
  // Looking up the link takes almost all of its time. After that, nothing answers.
  let reads = 0;
  proxy.decide = (operation) => (operation !== 'GetItem' || reads++ === 0 ? 'hang' : 'pass');
  const { status, took } = await sendClick({ apiUrl }, created.referral.code, newReferer());
  expect(status).toBe(503);
  expect(took).toBeLessThan(BUDGET);
});
