import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestService, type TestService } from './test-service.ts';

let service: TestService;

// The demo is played only on data that is the service's own.
beforeAll(async () => {
  vi.stubEnv('DYNAMODB_ENDPOINT', undefined);
  vi.stubEnv('API_ONLY', undefined);
  service = await startTestService({ variables: { SESSION_HANDOFF: 'true' } });
});
afterAll(() => service?.stop());

/** The commands of a page's examples, in order. */
const commandsOf = async (page: string): Promise<string[]> =>
  [...(await readFile(page, 'utf8')).matchAll(/^```sh\n(.*?)^```/gms)].map(
    ([, commands = '']) => commands,
  );

test('the examples of docs/api.md run as they stand, one after the other, and again', async () => {
  const commands = await commandsOf('docs/api.md');
  const program = commands.join('\necho "=====";\n');
  const outputs = async () => {
    const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', program], {
      cwd: service.directory,
    });
    return stdout.split('=====\n').map((text) => (text.trim() ? JSON.parse(text) : undefined));
  };
  const referral = { url: expect.stringContaining('/r/'), disabledAt: null, target: null };
  const kept = { session: expect.stringMatching(/^[\w-]{32}$/), cookie: false };
  const [, , created, edited, ...others] = await outputs();
  expect([created, edited]).toEqual([
    expect.objectContaining({ ...referral, label: 'newsletter' }),
    expect.objectContaining({ ...referral, label: 'spring', clicks: 2 }),
  ]);
  expect(others).toEqual([
    expect.objectContaining({ timeZone: 'Europe/Berlin' }),
    { response: expect.objectContaining({ code: edited.code, action: 'PURCHASED' }) },
    { referral: expect.objectContaining({ code: edited.code, via: 'typed' }), ...kept },
    { referral: expect.objectContaining({ code: edited.code, via: 'page' }), ...kept },
    kept,
  ]);
  expect((await outputs())[2].code).toBe(created.code);
});
