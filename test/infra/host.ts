import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll } from 'vitest';
import { Referrals, type ReferralsProps } from '../../lib/index.ts';
import { appUrl } from './synthesis.ts';

/** `Referrals` in a host app's stack. */
export function hosted(
  props: (stack: Stack) => Partial<ReferralsProps>,
  stackId = 'Host',
  id = 'Referrals',
) {
  const env = { account: '123456789012', region: 'eu-west-1' };
  const stack = new Stack(new App(), stackId, { env });
  const referrals = new Referrals(stack, id, { appUrl, ...props(stack) });
  return { stack, referrals, template: () => Template.fromStack(stack) };
}

/** A function that belongs to the host app. */
export const hostFunction = (stack: Stack, id: string) =>
  new LambdaFunction(stack, id, {
    code: Code.fromInline('exports.handler = async (event) => event;'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });

const files = mkdtempSync(join(tmpdir(), 'referrals-hooks-'));
afterAll(() => rmSync(files, { recursive: true }));

/** Writes a file of the host app. Returns its path. */
export function hostFile(name: string, text: string): string {
  writeFileSync(join(files, name), text);
  return join(files, name);
}
