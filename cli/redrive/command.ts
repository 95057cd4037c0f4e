import type { Command } from 'commander';
import { exitCodeOf, interruptSignal } from '../interrupt.ts';
import { readUrl } from '../options.ts';
import { showProgress } from '../progress.ts';
import { bringer } from './bring-back.ts';
import { openConsumer } from './consumer.ts';
import { openQueue } from './queue.ts';
import { keptLetters, noTally, redrive } from './redrive.ts';
import { openStreams } from './stream.ts';
import { summarize } from './summary.ts';

interface RedriveOptions {
  readonly queueUrl: string;
  readonly function?: string;
}

const HELP = `
The queue is ClickDeadLettersUrl, SignUpDeadLettersUrl or StreamDeadLettersUrl
of the stack's outputs, the function ConsumeStreamFunctionName. Fix the cause
first: each letter is tried again once.

Letters of clicks and sign-ups go back to their source queue, where they are
tried again within minutes. Letters of the stream name the position of their
records. The stream holds records for 24 hours: the command reads them there,
and invokes the function with them. It deletes a letter only after that.

Region, credentials and endpoints come from the environment, as with every AWS
tool: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on. The credentials must
allow sqs:GetQueueAttributes, ReceiveMessage, DeleteMessage,
ChangeMessageVisibility and ListDeadLetterSourceQueues on the queue, and
SendMessage on the source queue; for the stream, dynamodb:GetShardIterator and
GetRecords on the stream, and lambda:InvokeFunction on the function.

Running it again is safe, and so is Ctrl-C. Exit code: 0 if all letters are gone
from the queue, 1 if some are left or it failed, 130 after Ctrl-C.

Example:
  $ npx referrals redrive --function Referrals-ConsumeStream \\
      --queue-url https://sqs.eu-central-1.amazonaws.com/123456789012/Referrals`;

async function runRedrive({ queueUrl, function: name }: RedriveOptions): Promise<void> {
  console.log(`Bringing back the dead letters of ${queueUrl} …`);
  const queue = openQueue(queueUrl);
  const streams = openStreams();
  const consumer = name === undefined ? undefined : openConsumer(name);
  const interrupt = interruptSignal();
  const tally = noTally();
  try {
    const { waiting, hidden } = await queue.count();
    const display = showProgress('dead letters', 0, waiting);
    await redrive({
      queue,
      bringBack: bringer({ queue, streams, consumer }),
      tally,
      interrupt,
      onProgress: () => display.update(tally.done + keptLetters(tally)),
    }).finally(display.stop);
    console.log(summarize(tally, hidden));
    process.exitCode = keptLetters(tally) + tally.late + hidden > 0 ? 1 : 0;
  } catch (error) {
    if (error !== interrupt.reason) throw error;
    console.error(
      `Stopped after ${tally.done} dead letters. To continue from there, run the same command again.`,
    );
    process.exitCode = exitCodeOf(interrupt);
  } finally {
    queue.close();
    streams.close();
    consumer?.close();
  }
}

/** Adds `referrals redrive`. */
export function addRedrive(program: Command): void {
  program
    .command('redrive')
    .description('Brings back dead letters for another try, after you fixed their cause.')
    .requiredOption('--queue-url <url>', 'queue with the dead letters', readUrl)
    .option('--function <name>', 'function that follows the stream; for its dead letters')
    .allowExcessArguments(false)
    .addHelpText('after', HELP)
    .action(runRedrive);
}
