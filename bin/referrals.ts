import { Annotations, App } from 'aws-cdk-lib';
import { ReferralsStack } from '../lib/index.ts';
import { readContext } from './context.ts';

const PLACEHOLDER = 'https://app.example.com';

try {
  const app = new App({ autoSynth: false });
  const props = readContext(app.node);
  const stack = new ReferralsStack(app, 'Referrals', { appUrl: PLACEHOLDER, ...props });
  if (props.appUrl === undefined) {
    Annotations.of(stack).addWarningV2(
      'cdk-referrals:appUrl',
      `No appUrl was given, so links lead to ${PLACEHOLDER}. Set it: npx cdk deploy -c appUrl=https://…`,
    );
  }
  app.synth();
} catch (error) {
  // The message says how to fix the setting; a stack trace would not help.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
