import { setTimeout as delay } from 'node:timers/promises';
import { invoke } from '../../../local/invoke.ts';

// The schedule that closes hours, with a pause in milliseconds.
const pause = Number(process.env.CLOSE_HOURS_PAUSE);

// Seconds of a clock that may run fast, so the function may need many.
const TIMEOUT = 24 * 60 * 60;

process.stdout.write('Ready.\n');
for (;;) {
  await invoke('close-hours', {}, TIMEOUT).catch((error: Error) =>
    process.stderr.write(`${error.stack}\n`),
  );
  await delay(pause);
}
