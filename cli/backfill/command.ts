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

// The default of functions/setup/settings.ts.
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
  readonly hooks?: string;
}

/** How it is used. */
export const EXAMPLE_OF_BACKFILL = `
Example:
  $ npx referrals backfill --user-pool-id eu-central-1_AbCdEfGhI \\
      --table-name Referrals-Table --redirect-to https://app.example.com/`;

const HELP = `
The first three are UserPoolId, TableName and DefaultRedirectTo of the stack's
outputs. Region, credentials and endpoints come from the environment, as with
every AWS tool: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on. They must
allow cognito-idp:ListUsers (and DescribeUserPool, for the total) on the pool,
and dynamodb:GetItem and PutItem on the table.

Running it again is safe: who has a link keeps it. Ctrl-C stops it; the same
command goes on from there. Exit code: 0 when nobody failed, 1 when somebody or
everything did, 130 after Ctrl-C.
`;

async function runBackfill(options: BackfillOptions): Promise<void> {
  const { dryRun = false, rate, userPoolId, tableName } = options;
  const state: BackfillState = dryRun ? FORGETFUL : backfillState(options.state, options);
  const earlier = await state.load();
  const progress = earlier ?? noProgress();
  if (earlier !== undefined) {
    console.error(
      `Going on after ${seenUsers(earlier)} users of an earlier run (${options.state}).`,
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
        : `Stopped after ${seenUsers(progress)} users. To go on from there, run the same command again.`,
    );
    process.exitCode = exitCodeOf(interrupt);
  } finally {
    cognito.destroy();
    services.close();
  }
}

/** The state of a dry run: it writes nothing, and counts everyone. */
const FORGETFUL: BackfillState = {
  load: async () => undefined,
  save: async () => {},
  remove: async () => {},
};

/** Adds `referrals backfill`. */
export function addBackfill(program: Command): void {
  program
    .command('backfill')
    .description(
      'Gives every user who signed up before cdk-referrals was there a link of their own.',
    )
    .requiredOption('--user-pool-id <id>', 'whose users')
    .requiredOption('--table-name <name>', 'where links are kept')
    .requiredOption('--redirect-to <url>', 'where the links lead', readUrl)
    .option('--rate <users>', 'users per second, at most', readWholeNumber(1, 1000), 25)
    .option('--dry-run', 'write nothing, say how many would get a link')
    .option('--code-length <characters>', 'as deployed', readWholeNumber(6, 64), 10)
    .option('--code-alphabet <characters>', 'as deployed', BASE62)
    .option('--hooks <file>', 'the deployment’s module of hooks, where it has one')
    .option('--state <file>', 'where an interrupted run is remembered', '.referrals-backfill.json')
    .allowExcessArguments(false)
    .addHelpText('after', HELP + EXAMPLE_OF_BACKFILL)
    .action(runBackfill);
}
