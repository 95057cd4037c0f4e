import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, inject, test } from 'vitest';
import { recordAction } from '../../functions/core/action.ts';
import { closeDueHours } from '../../functions/core/closing.ts';
import { countReferral } from '../../functions/core/counting.ts';
import { noCounts } from '../../functions/core/counts.ts';
import { openHour } from '../../functions/core/marks.ts';
import { recount, repair } from '../../functions/core/recount.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Outputs } from '../../local/outputs.ts';
import { inOwnDirectory, run } from './command.ts';
import { clicked, type Domain, domainOn, ownTable } from './domain.ts';

const NINE = '2026-03-01T09';
const TEN = '2026-03-01T10';

inOwnDirectory();

let outputs: Outputs;
let domain: Domain;
let referral: Referral;
let code: string;

// A referral with two closed hours: a click in the first, two actions in the second.
beforeEach(async () => {
  outputs = await ownTable(inject('outputs'));
  domain = domainOn(outputs);
  domain.clock.now = new Date(`${NINE}:10:00Z`);
  const click = await clicked(domain);
  referral = click.referral;
  code = referral.code;
  await openHour(domain, code, NINE);
  domain.clock.now = new Date(`${TEN}:10:00Z`);
  for (const action of ['BOUGHT', 'PRAISED']) {
    await recordAction(domain, {
      visitor: click.visitor,
      action,
      trusted: false,
      idempotencyKey: undefined,
    });
  }
  await openHour(domain, code, TEN);
  await closeAll();
});

/** Closes the open hours, a day later. */
async function closeAll(): Promise<void> {
  domain.clock.now = new Date(domain.clock.now.getTime() + 24 * 3_600_000);
  await closeDueHours(domain, () => true);
}

/** Falsifies an item of the referral, or removes it if there is no value. */
async function falsify(sk: string, name?: string, value?: unknown): Promise<void> {
  const item = { TableName: outputs.TableName, Key: { pk: `REFERRAL#${code}`, sk } };
  const command = name
    ? new UpdateCommand({
        ...item,
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      })
    : new DeleteCommand(item);
  await domain.table.client.send(command);
}

/** Runs the command. Returns its exit code and its output after the progress. */
async function recounted(...parameters: string[]): Promise<[number | null, string[]]> {
  const { code, stdout, stderr } = await run([
    'recount',
    '--table-name',
    outputs.TableName,
    '--retention-days',
    '36500',
    ...parameters,
  ]).ended;
  expect(stderr).toBe('');
  return [code, stdout.split('\n').filter((line) => line && !/^\d+ .*referrals$/.test(line))];
}

const COUNTING = (what = 'all referrals') =>
  `Recounting ${what} of the table ${outputs.TableName} from their responses …`;
const EXPECTATION =
  'Expected: for an hour, the count of its responses; for a total, the sum of its stored hours.';
const UNREPAIRED = ['Nothing was written.', 'Next: run the same command with --repair.'];
const REPAIRED = [
  'Totals are corrected, and hours are marked. Marked hours are recounted within ten minutes.',
  'Next: run the same command again after that; there should be no differences.',
];
const IN_ORDER = (referrals: string) => [
  0,
  [COUNTING(), `No differences in ${referrals}. Nothing is left to do.`],
];

test('referrals recount finds no differences if all counts are right', async () => {
  expect(await recounted()).toEqual(IN_ORDER('1 referral'));
  for (let more = 0; more < 12; more++) await clicked(domain);
  expect(await recounted()).toEqual(IN_ORDER('13 referrals'));
});

test('referrals recount shows the differences and writes nothing', async () => {
  await falsify(`HOUR#${NINE}`, 'quarters', [{ quarter: 0, clicks: 12, bots: 1 }]);
  await falsify('TOTAL', 'pageActions', [['BOUGHT', 1]]);
  const found = [
    1,
    [
      COUNTING(),
      `code          hour           what                 expected  found`,
      `${code}  ${NINE}  clicks               1         12`,
      `${code}  ${NINE}  uniqueVisitors       1         0`,
      `${code}  ${NINE}  bots                 0         1`,
      `${code}  total          clicks               12        1`,
      `${code}  total          uniqueVisitors       0         1`,
      `${code}  total          bots                 1         0`,
      `${code}  total          pageActions.PRAISED  1         0`,
      `Differences in 1 of 1 referral. ${EXPECTATION}`,
      ...UNREPAIRED,
    ],
  ];
  expect(await recounted()).toEqual(found);
  expect(await recounted()).toEqual(found);
});

test('referrals recount --repair corrects all counts, once the hours are closed again', async () => {
  const truth = await countReferral(domain, referral);
  const hours = await domain.store.closedHours(code, 0, Date.now());
  await falsify(`HOUR#${NINE}`, 'quarters', [{ quarter: 0, clicks: 12 }]);
  await falsify(`HOUR#${TEN}`);
  const [exitCode, lines] = await recounted('--repair');
  expect([exitCode, lines.slice(-3)]).toEqual([
    1,
    [`Differences in 1 of 1 referral. ${EXPECTATION}`, ...REPAIRED],
  ]);
  expect(await domain.store.openHours(code)).toEqual([NINE, TEN]);
  // It is right already, because open hours are counted from their responses.
  expect(await countReferral(domain, referral)).toEqual(truth);

  domain.clock.now = new Date();
  await closeAll();
  expect(await domain.store.openHours(code)).toEqual([]);
  const countedUntil = domain.clock.now.getTime();
  expect(await countReferral(domain, referral)).toEqual({ ...truth, countedUntil });
  expect(await domain.store.closedHours(code, 0, Date.now())).toEqual(hours);
  expect(await recounted()).toEqual(IN_ORDER('1 referral'));
});

test('referrals recount --repair restores a missing total', async () => {
  const { version, ...total } = await domain.store.readTotal(code);
  await falsify('TOTAL');
  expect((await recounted('--repair'))[0]).toBe(1);
  expect(await domain.store.readTotal(code)).toEqual({ ...total, version: expect.any(String) });
  expect(await recounted()).toEqual(IN_ORDER('1 referral'));
});

test('a total is repaired even if it changes during the repair', async () => {
  await falsify('TOTAL', 'clicks', 7);
  const [difference] = await recount(domain, referral);
  let interrupted = false;
  const store = {
    ...domain.store,
    replaceTotal: async (...replacement: Parameters<typeof domain.store.replaceTotal>) => {
      if (!interrupted) {
        interrupted = true;
        await openHour(domain, code, '2026-03-01T11');
        await closeAll();
      }
      return domain.store.replaceTotal(...replacement);
    },
  };
  if (difference !== undefined) await repair({ ...domain, store }, difference);
  expect(await domain.store.readTotal(code)).toEqual({
    version: expect.any(String),
    through: '2026-03-01T11',
    counts: {
      ...noCounts,
      clicks: 1,
      uniqueVisitors: 1,
      pageActions: new Map([
        ['BOUGHT', 1],
        ['PRAISED', 1],
      ]),
    },
  });
  expect(await recount(domain, referral)).toEqual([]);
});

test('referrals recount --code counts only these referrals', async () => {
  const { referral: other } = await clicked(domain);
  await falsify('TOTAL', 'clicks', 7);
  const only = (...codes: string[]) => recounted('--code', ...codes);
  expect(await only(other.code)).toEqual([
    0,
    [COUNTING(other.code), 'No differences in 1 referral. Nothing is left to do.'],
  ]);
  const [exitCode, lines] = await only(other.code, code, other.code);
  expect([exitCode, lines[0], lines.at(-3)]).toEqual([
    1,
    COUNTING(`${other.code}, ${code}`),
    `Differences in 1 of 2 referrals. ${EXPECTATION}`,
  ]);
});

test('referrals recount --retention-days skips hours whose responses may be gone', async () => {
  const page = { limit: 10, cursor: undefined };
  for (const { session, id } of (await domain.store.listResponses([referral], page)).items) {
    const Key = { pk: `VISITOR#${session}`, sk: `RESPONSE#${id}` };
    await domain.table.client.send(new DeleteCommand({ TableName: outputs.TableName, Key }));
  }
  expect((await recounted('--retention-days', '30'))[0]).toBe(0);
  expect((await recounted())[0]).toBe(1);
});
