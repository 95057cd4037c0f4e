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
The first option is TableName of the stack's outputs. Region, credentials and
endpoint come from the environment, as with every AWS tool: AWS_REGION,
AWS_PROFILE, AWS_ENDPOINT_URL and so on. The credentials must allow
dynamodb:Scan (or GetItem, for --code), GetItem and Query on the table and Query
on its index; --repair needs PutItem, too. The command reads all responses, so
it costs as much as reading the table.

A difference is an hour that does not match its responses, or a total that is
not the sum of its hours. Hours that are not counted yet are skipped. If the
deployment has a retention, give it here, too: hours whose responses may have
been deleted are then skipped.

--repair corrects totals at once, and marks hours. The deployment recounts them
within ten minutes. Running it again is safe, and so is Ctrl-C. Exit code: 0 if
there are no differences, 1 if there are (or were) some, or if it failed.

Example:
  $ npx referrals recount --table-name Referrals-Table`;

async function runRecount(options: RecountOptions): Promise<void> {
  const { tableName, retentionDays, repair = false } = options;
  const codes = [...new Set(options.code)];
  console.log(
    `Recounting ${codes.join(', ') || 'all referrals'} of the table ${tableName} from their responses …`,
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
    .description('Recounts referrals from their responses, shows differences, and repairs them.')
    .requiredOption('--table-name <name>', 'table with the links')
    .option('--code <codes...>', 'codes of the referrals to count, instead of all')
    .option('--retention-days <days>', 'retention as deployed, if any', readWholeNumber(30, 36_500))
    .option('--repair', 'correct totals, and have hours recounted')
    .allowExcessArguments(false)
    .addHelpText('after', HELP)
    .action(runRecount);
}
