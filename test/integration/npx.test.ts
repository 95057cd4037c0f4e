import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';

test('npx referrals runs in a clone, with an empty cache, no network and nothing built', async () => {
  const env = { ...process.env, npm_config_cache: inject('scratch'), npm_config_offline: 'true' };
  const { stdout } = await promisify(execFile)('npx', ['referrals', 'recount', '--help'], { env });
  expect(stdout.split('\n')[0]).toBe('Usage: referrals recount [options]');
});
