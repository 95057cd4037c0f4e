import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Command } from 'commander';
import { exitCodeOf, interruptSignal } from '../interrupt.ts';
import { readUrl, readWholeNumber } from '../options.ts';
import { showProgress } from '../progress.ts';
import { createLinkServices } from '../services.ts';
import { backfill, noProgress, seenUsers } from './backfill.ts';
import { type BackfillState, backfillState } from './state.ts';
import { summarize } from './summary.ts';
import { estimateUsers } from './user-pool.ts';

// The default in functions/setup/settings.ts.
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface BackfillOptions {
  readonly userPoolId: string;
  readonly tableName: string;
  readonly redirectTo: string;
  readonly rate: number;
  readonly dryRun?: boolean;
  readonly state: string;
  readonly codeLength: number;
  readonly codeAlphabet: string;
  readonly codeIgnoreCase?: boolean;
  readonly hooks?: string;
}

/** For the help texts. */
export const EXAMPLE_OF_BACKFILL = `
Example:
  $ npx referrals backfill --user-pool-id eu-central-1_AbCdEfGhI \\
      --table-name Referrals-Table --redirect-to https://app.example.com/`;

const HELP = `
The first three options are UserPoolId, TableName and DefaultRedirectTo of the
stack's outputs. Region, credentials and endpoints come from the environment, as
with every AWS tool: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on. The
credentials must allow cognito-idp:ListUsers (and DescribeUserPool, for the
total) on the pool, and dynamodb:GetItem and PutItem on the table.

Running it again is safe: users with a link keep it. Ctrl-C stops it; the same
command continues from there. Exit code: 0 if no user failed, 1 if some users
or the whole run failed, 130 after Ctrl-C.
`;

async function runBackfill(options: BackfillOptions): Promise<void> {
  const { dryRun = false, rate, userPoolId, tableName } = options;
  const state: BackfillState = dryRun ? FORGETFUL : backfillState(options.state, options);
  const earlier = await state.load();
  const progress = earlier ?? noProgress();
  if (earlier !== undefined) {
    console.error(
      `Continuing after ${seenUsers(earlier)} users of an earlier run (${options.state}).`,
    );
  }
  const cognito = new CognitoIdentityProviderClient({
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  });
  const services = await createLinkServices(options);
  const interrupt = interruptSignal();
  try {
    const total = await estimateUsers({ cognito, userPoolId });
    const display = showProgress('users', seenUsers(progress), total);
    await backfill({
      cognito,
      services,
      userPoolId,
      tableName,
      rate,
      dryRun,
      progress,
      interrupt,
      save: state.save,
      onProgress: (current) => display.update(seenUsers(current)),
      onNotice: (sentence) => console.error(sentence),
    }).finally(display.stop);
    await state.remove();
    console.log(summarize(progress, { dryRun }));
    process.exitCode = progress.failed > 0 ? 1 : 0;
  } catch (error) {
    if (error !== interrupt.reason) throw error;
    console.error(
      dryRun
        ? `Stopped after ${seenUsers(progress)} users. Nothing was written.`
        : `Stopped after ${seenUsers(progress)} users. To continue from there, run the same command again.`,
    );
    process.exitCode = exitCodeOf(interrupt);
  } finally {
    cognito.destroy();
    services.close();
  }
}

/** State of a dry run: it saves nothing, and counts every user. */
const FORGETFUL: BackfillState = {
  load: async () => undefined,
  save: async () => {},
  remove: async () => {},
};

/** Adds `referrals backfill`. */
export function addBackfill(program: Command): void {
  program
    .command('backfill')
    .description('Gives a link to each user who signed up before you deployed cdk-referrals.')
    .requiredOption('--user-pool-id <id>', 'pool with the users')
    .requiredOption('--table-name <name>', 'table with the links')
    .requiredOption('--redirect-to <url>', 'destination of the links', readUrl)
    .option('--rate <users>', 'maximum users per second', readWholeNumber(1, 1000), 25)
    .option('--dry-run', 'write nothing, only count users who would get a link')
    .option('--code-length <characters>', 'code length, as deployed', readWholeNumber(6, 64), 10)
    .option('--code-alphabet <characters>', 'code alphabet, as deployed', BASE62)
    .option('--code-ignore-case', 'make codes in lower case, if deployed with code.ignoreCase')
    .option('--hooks <file>', 'hooks module of the deployment, if any')
    .option('--state <file>', 'progress of an interrupted run', '.referrals-backfill.json')
    .allowExcessArguments(false)
    .addHelpText('after', HELP + EXAMPLE_OF_BACKFILL)
    .action(runBackfill);
}
