import type { Command } from 'commander';
import { readWholeNumber } from '../options.ts';
import { showProgress } from '../progress.ts';
import { createServices } from '../services.ts';
import { recountAll } from './recount.ts';
import { summarize } from './summary.ts';

const DAY = 24 * 60 * 60;

interface RecountOptions {
  readonly tableName: string;
  readonly code?: readonly string[];
  readonly retentionDays?: number;
  readonly repair?: boolean;
}

const HELP = `
The first is TableName of the stack's outputs. Region, credentials and endpoint
come from the environment, as with every AWS tool: AWS_REGION, AWS_PROFILE,
AWS_ENDPOINT_URL and so on. They must allow dynamodb:Scan (or GetItem, for
--code), GetItem and Query on the table and Query on its index; --repair needs
PutItem, too. All responses are read: that costs as much as reading the table.

What differs is an hour that is not what its responses are, or a total that is
not the sum of its hours. Hours that are still to be counted are passed over.
A deployment with retention has to say so here, too: hours of which responses
may have been deleted are passed over then.

--repair sets totals right at once, and marks the hours, which the deployment
counts anew within ten minutes. Running it again is safe, and so is Ctrl-C.
Exit code: 0 where there are no differences, 1 where there are (or were), and
where it failed.

Example:
  $ npx referrals recount --table-name Referrals-Table`;

async function runRecount(options: RecountOptions): Promise<void> {
  const { tableName, retentionDays, repair = false } = options;
  const codes = [...new Set(options.code)];
  console.log(
    `Counting ${codes.join(', ') || 'all referrals'} of the table ${tableName} again from their responses …`,
  );
  const services = createServices(
    tableName,
    retentionDays === undefined ? undefined : retentionDays * DAY,
  );
  const display = showProgress('referrals', 0, codes.length || undefined);
  try {
    const recounted = await recountAll({
      services,
      tableName,
      codes,
      repairing: repair,
      onProgress: display.update,
    }).finally(display.stop);
    console.log(summarize(recounted, { repaired: repair }));
    process.exitCode = recounted.differences.length > 0 ? 1 : 0;
  } finally {
    services.close();
  }
}

/** Adds `referrals recount`. */
export function addRecount(program: Command): void {
  program
    .command('recount')
    .description('Counts referrals again from their responses, says what differs, and repairs it.')
    .requiredOption('--table-name <name>', 'where links are kept')
    .option('--code <codes...>', 'of the referrals to count, instead of all')
    .option('--retention-days <days>', 'as deployed, where it is', readWholeNumber(30, 36_500))
    .option('--repair', 'set totals right, and have hours counted anew')
    .allowExcessArguments(false)
    .addHelpText('after', HELP)
    .action(runRecount);
}
