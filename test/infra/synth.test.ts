import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { functionNames } from '../../functions/manifest.ts';
import { appUrl } from './synthesis.ts';

const run = promisify(execFile);
const checked = { ...process.env, CDK_VALIDATION: 'true' };

/** Runs the CDK app with a context. Returns its exit code and its output. */
async function runApp(context: Record<string, unknown>) {
  const output = mkdtempSync(join(tmpdir(), 'referrals-cdk-'));
  onTestFinished(() => rmSync(output, { recursive: true }));
  const env = { ...checked, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const result = await run(process.execPath, ['bin/referrals.ts'], { env }).catch((error) => error);
  return { code: result.code ?? 0, printed: result.stdout + result.stderr, output };
}

describe('npx cdk synth', () => {
  test('works without settings, and says that appUrl is missing', async () => {
    const output = mkdtempSync(join(tmpdir(), 'referrals-cdk-'));
    onTestFinished(() => rmSync(output, { recursive: true }));
    const command = ['cdk', 'synth', '--quiet', '--build', 'true', '--output', output];
    const { stdout, stderr } = await run('npx', command, { env: checked });
    expect(stdout + stderr).toContain('No appUrl was given');
  });

  test('every bundle loads in plain Node', async () => {
    const script = `const kinds = await Promise.all(${JSON.stringify(functionNames)}.map(
      async (name) => typeof (await import('cdk-referrals/bundles/' + name + '/index.mjs')).handler));
      console.log(JSON.stringify(kinds));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: {
        TABLE_NAME: 'x',
        API_URL: 'https://api.example.com',
        APP_URL: appUrl,
        TOKEN_ISSUER: 'https://issuer.example.com/pool',
        TOKEN_CLIENT_IDS: 'client',
        AWS_REGION: 'eu-west-1',
      },
    });
    expect(JSON.parse(stdout)).toEqual(functionNames.map(() => 'function'));
  });

  test('takes every setting from the context', async () => {
    const { code, printed } = await runApp({
      appUrl,
      defaultRedirectTo: `${appUrl}/start`,
      allowedRedirectHosts: 'a.example.com,b.example.com',
      redirectParameter: 'next',
      sessionCookieName: 'visitor',
      sessionDomain: 'example.com',
      sessionMaxAgeDays: '30',
      sessionPassInUrl: 'false',
      globalPrivacyControl: 'true',
      maxReferralsPerUser: '50',
      codeLength: '8',
      codeAlphabet: '23456789abcdefghjkmnpqrstuvwxyz',
      codeCustom: 'true',
      codeIgnoreCase: 'true',
      attributionModel: 'first',
      attributionWindowDays: 7,
      attributionNewUsersOnly: 'true',
      pageActions: 'VIEWED,STARTED',
      actionDisplay: '{"BOUGHT":"Bought something"}',
      eventsClicks: 'human',
      eventsMaxBatchingWindowSeconds: '60',
      clientIpHeader: 'CF-Connecting-IP',
      ip: 'full',
      referer: 'none',
      retentionDays: '90',
      domainName: 'go.example.com',
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x',
      removalPolicy: 'destroy',
      alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:pager',
      dashboard: 'true',
      logRetentionDays: '7',
      throttle: '{"clicks":{"rate":50,"burst":20}}',
      warmThroughput: '{"writeUnitsPerSecond":10000}',
    });
    expect([code, printed]).toEqual([0, '']);
  });

  test.each([
    [{ appUrl: 'http://app.example.com' }, 'appUrl: "http://app.example.com" must be'],
    [{ codeLength: 'ten' }, 'codeLength: "ten" is not a valid value.'],
    [{ removalPolicy: 'keep' }, 'removalPolicy: "keep" is not a valid value.'],
    [{ domainName: 'go.example.com' }, 'domainName and certificateArn: give both, or neither.'],
    [{ actionDisplay: '{bad' }, 'actionDisplay: "{bad" is not a valid value.'],
    [{ eventsClicks: 'bots' }, 'eventsClicks: "bots" is not a valid value.'],
    [{ eventsMaxBatchingWindowSeconds: 301 }, 'events.maxBatchingWindow: must be whole seconds'],
    [{ ip: 'half' }, 'ip: "half" is not a valid value.'],
    [{ sessionMaxAgeDays: '-1' }, 'sessionMaxAgeDays: "-1" is not a valid value.'],
    [{ throttle: '{"all":1}' }, 'throttle: '],
    [{ logRetentionDays: '8' }, 'logRetentionDays: "8" is not a valid value.'],
  ])('refuses %j in one line', async (context, message) => {
    const { code, printed } = await runApp(context);
    expect(code).toBe(1);
    expect(printed.trim().split('\n')).toEqual([expect.stringContaining(message)]);
  });
});
