import { expect, test, vi } from 'vitest';
import { type Backfill, backfill, noProgress, type Progress } from '../../cli/backfill/backfill.ts';
import { summarize } from '../../cli/backfill/summary.ts';
import { refusalOf } from '../../cli/refusal.ts';
import { ReferralsError } from '../../functions/core/errors.ts';
import type { Referral } from '../../functions/core/referral.ts';
import type { Claim } from '../../functions/core/store.ts';

interface Users {
  /** Pages of users. Each is a `sub`, or a whole user as Cognito has it. */
  readonly pages: readonly (readonly (string | object)[])[];
  /** Called before each link is put. */
  readonly onCreate?: (userId: string) => void;
}

/** A backfill of users in memory. It gives the owners of the links it made, in order. */
function inMemory({ pages, onCreate = () => {} }: Users, overrides: Partial<Backfill> = {}) {
  const claims = new Map<string, Referral>();
  const owners: string[] = [];
  const notices: string[] = [];
  const options = {
    cognito: {
      send: async ({ input }: { input: { PaginationToken?: string } }) => {
        const index = Number(input.PaginationToken ?? 0);
        if (pages[index] === undefined) {
          throw Object.assign(new Error('Invalid token.'), { name: 'InvalidParameterException' });
        }
        return {
          Users: pages[index].map((user) =>
            typeof user === 'string' ? { Attributes: [{ Name: 'sub', Value: user }] } : user,
          ),
          PaginationToken: index + 1 < pages.length ? `${index + 1}` : undefined,
        };
      },
    },
    services: {
      settings: {
        defaultRedirectTo: 'https://app.example.com/',
        code: { custom: false, ignoreCase: false },
      },
      store: {
        readClaim: async (id: string) => ({ id, referral: claims.get(id) }),
        createReferral: async (referral: Referral, [claim]: readonly Claim[]) => {
          onCreate(referral.userId ?? '');
          claims.set(claim?.id ?? '', referral);
          owners.push(referral.userId ?? '');
          return 'stored';
        },
      },
      now: () => new Date(),
      newId: () => 'id',
      newCode: () => `code${owners.length}`,
    },
    userPoolId: 'pool',
    tableName: 'table',
    rate: 1000,
    dryRun: false,
    progress: noProgress(),
    interrupt: new AbortController().signal,
    save: async () => {},
    onProgress: () => {},
    onNotice: (notice: string) => notices.push(notice),
    ...overrides,
  } as unknown as Backfill;
  return { options, owners, notices };
}

const subs = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => `user-${first + index}`);

test('each second handles at most as many users as the rate', async () => {
  vi.useFakeTimers();
  const times: number[] = [];
  const start = Date.now();
  const onCreate = () => times.push(Date.now() - start);
  const { options } = inMemory({ pages: [subs(7), subs(6, 7)], onCreate }, { rate: 5 });
  const done = backfill(options);
  await vi.runAllTimersAsync();
  await done;
  vi.useRealTimers();
  expect(times.length).toBe(13);
  expect(times.slice(5).every((time, index) => time - (times[index] ?? 0) >= 1000)).toBe(true);
  expect(times.at(-1)).toBeLessThan(3000);
});

test('users without a sub and unconfirmed users are skipped, all others get one link', async () => {
  const { options, owners } = inMemory({
    pages: [
      ['ada', { Username: 'no-attributes' }, { UserStatus: 'UNCONFIRMED', Attributes: [] }],
      [],
      [
        { UserStatus: 'FORCE_CHANGE_PASSWORD', Attributes: [{ Name: 'sub', Value: 'grace' }] },
        { Enabled: false, Attributes: [{ Name: 'sub', Value: 'edsger' }] },
        'ada',
      ],
    ],
  });
  await backfill(options);
  expect(owners).toEqual(['ada', 'grace', 'edsger']);
  expect(options.progress).toEqual({
    ...noProgress(),
    created: 3,
    hadOne: 1,
    unconfirmed: 1,
    withoutSub: 1,
    milliseconds: expect.any(Number),
  });
});

test('a code can be made from the attributes of its user', async () => {
  const attributes = { sub: 'ada', email: 'ada@example.com' };
  const Attributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  const { options } = inMemory({ pages: [[{ Attributes }]] });
  const newCode = vi.fn(() => 'ada');
  await backfill({ ...options, services: { ...options.services, newCode } });
  expect(newCode.mock.calls).toEqual([
    [
      { userId: 'ada', redirectTo: 'https://app.example.com/' },
      { userId: 'ada', attributes },
    ],
  ]);
});

test('a run starts over from the first page and says so if Cognito refuses the saved token', async () => {
  const { options, owners, notices } = inMemory({ pages: [subs(2), subs(1, 2)] });
  await backfill(options);
  const progress = { ...noProgress(), created: 60, pageToken: 'expired', milliseconds: 5000 };
  await backfill({ ...options, progress });
  expect(owners).toEqual(subs(3));
  expect(progress).toEqual({ ...noProgress(), hadOne: 3, milliseconds: expect.any(Number) });
  expect(progress.milliseconds).toBeGreaterThanOrEqual(5000);
  expect(notices).toEqual([
    'Cognito no longer accepts the saved page token: starting over. Users who got a link before count as having one already.',
  ]);
});

test('a run fails if Cognito refuses a token again and again', async () => {
  const { options, owners } = inMemory({ pages: [subs(1)] });
  const send = async ({ input }: { input: { PaginationToken?: string } }) => {
    if (input.PaginationToken === undefined) return { PaginationToken: 'never taken' };
    throw Object.assign(new Error('Invalid token.'), { name: 'InvalidParameterException' });
  };
  await expect(backfill({ ...options, cognito: { send } as never })).rejects.toThrow(
    'Cognito refused the page token: Invalid token.',
  );
  expect(owners).toEqual([]);
});

test('a failed user does not stop the others; the first twenty are listed and all are counted', async () => {
  const onCreate = (userId: string) => {
    if (userId !== 'user-30') throw new ReferralsError('unavailable', 'Busy:\n  try again.');
  };
  const { options, owners } = inMemory({ pages: [subs(10), subs(21, 10)], onCreate });
  await backfill(options);
  expect(owners).toEqual(['user-30']);
  expect(options.progress).toEqual({
    ...noProgress(),
    created: 1,
    failed: 30,
    failures: subs(20).map((sub) => ({ sub, reason: 'Busy: try again.' })),
    milliseconds: expect.any(Number),
  });
  expect(
    summarize({ ...options.progress, milliseconds: 1234 }, { dryRun: false }).split('\n'),
  ).toEqual([
    'Users seen: 31',
    'Links created: 1',
    'Had one already: 0',
    'Skipped, unconfirmed (they get a link when they confirm): 0',
    'Failed: 30',
    ...subs(20).map((sub) => `  ${sub}: Busy: try again.`),
    '  and 10 more',
    'Seconds: 1.2',
    'Next: run the same command again. Users with a link keep it, failed users are tried again.',
  ]);
});

test('an error that affects everyone stops the run at once, and its progress is saved', async () => {
  const saved: Progress[] = [];
  const onCreate = (userId: string) => {
    if (userId !== 'user-1') return;
    throw Object.assign(new Error('Not you.'), { name: 'AccessDeniedException' });
  };
  const { options, owners } = inMemory(
    { pages: [subs(50), subs(50, 50)], onCreate },
    { rate: 1, save: async (progress) => void saved.push(structuredClone(progress)) },
  );
  await expect(backfill(options)).rejects.toThrow(
    'The AWS credentials (AWS_PROFILE) may not do this: Not you.',
  );
  expect(owners).toEqual(['user-0']);
  expect(saved).toEqual([
    { ...noProgress(), created: 1, pageDone: ['user-0'], milliseconds: expect.any(Number) },
  ]);
});

const table = { service: 'DynamoDB', resource: 'table T', option: '--table-name' } as const;

test.each([
  ['CredentialsProviderError', 'AWS credentials (AWS_PROFILE, or AWS_ACCESS_KEY_ID'],
  ['ExpiredTokenException', 'AWS credentials (AWS_PROFILE, or AWS_ACCESS_KEY_ID'],
  ['AccessDeniedException', 'The AWS credentials (AWS_PROFILE) may not do this: m'],
  ['ResourceNotFoundException', '--table-name: there is no table T in this region (AWS_REGION)'],
  ['ValidationException', '--table-name: m'],
  ['TimeoutError', "DynamoDB can't be reached (AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB"],
])('%s stops the run with a line that says where to look', (name, line) => {
  const error = Object.assign(new Error('m'), { name });
  expect(refusalOf(error, table)?.message).toContain(line);
  const hidden = new ReferralsError('unavailable', 'Busy.', { cause: error });
  expect(refusalOf(hidden, table)?.message).toContain(line);
});

test.each([
  'ThrottlingException',
  'InternalServerError',
  'TransactionCanceledException',
  'TypeError',
])('%s affects only one user', (name) => {
  expect(refusalOf(Object.assign(new Error('m'), { name }), table)).toBeUndefined();
});
