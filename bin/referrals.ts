import { Annotations, App } from 'aws-cdk-lib';
import { ReferralsStack } from '../lib/stack.ts';

const PLACEHOLDER = 'https://app.example.com';

const app = new App();
const appUrl: string | undefined = app.node.tryGetContext('appUrl');
const stack = new ReferralsStack(app, 'Referrals', { appUrl: appUrl ?? PLACEHOLDER });

if (appUrl === undefined) {
  Annotations.of(stack).addWarningV2(
    'cdk-referrals:appUrl',
    `No appUrl was given, so links lead to ${PLACEHOLDER}. Say where your app is: npx cdk deploy -c appUrl=https://…`,
  );
}
