import { Command } from 'commander';
import { addBackfill, EXAMPLE_OF_BACKFILL } from './backfill/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addRecount } from './recount/command.ts';
import { addRedrive } from './redrive/command.ts';
import { Refusal } from './refusal.ts';

const program = new Command('referrals')
  .description('Tools for a deployed cdk-referrals.')
  .showSuggestionAfterError(false)
  .addHelpText('after', EXAMPLE_OF_BACKFILL);

addBackfill(program);
addRecount(program);
addRedrive(program);
addDoctor(program);

program.parseAsync().catch((error) => {
  // Anything else is a bug. Its stack helps to find it.
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
});
