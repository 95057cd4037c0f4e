import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment as env } from '../functions/environment.ts';
import { readSettings } from '../functions/setup/settings.ts';
import { demonstrate } from './demo.ts';
import { eventLine } from './event-line.ts';
import { readPort } from './port.ts';
import { type Service, startService } from './service.ts';
import { usage } from './usage.ts';

const EVENTS = '\nEvents, as they are published:\n';
const NO_STREAM =
  '\nThis DynamoDB has no streams: there are no events, and finished hours are not counted.';

let service: Service | undefined;
let stopped: Promise<void> | undefined;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { fresh: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.help) return void console.log(usage);

  const port = readPort('PORT') ?? 3000;
  const directory = resolve('.local');
  const apiOnly = process.env.API_ONLY === '1';
  refuseWrongSettings(`http://localhost:${port}`);
  const introduced = Promise.withResolvers<void>();
  console.log('Starting DynamoDB, Cognito and the API …');
  service = await startService({
    directory,
    port,
    fresh: values.fresh,
    apiOnly,
    // Events of the demo wait, so that they don't come between its lines.
    onEvent: (event) => introduced.promise.then(() => console.log(eventLine(event))),
  });
  service.died.then((sentence) => fail(new Error(sentence)));
  await demonstrate(service.outputs, directory);

  console.log(
    `\nReady. This is a development server. The confirmation code of every sign-up is 123456.\n`,
  );
  for (const [name, value] of Object.entries(service.outputs)) {
    console.log(`  ${name.padEnd(18)}${value}`);
  }
  console.log('\nWhile it runs, these are also in .local/outputs.json. Ctrl-C stops it.');
  console.log(
    process.env[env.appUrl]
      ? 'Next: open the link in a browser (curl is a bot and gets no session), and point your app at ApiUrl.'
      : 'Next: open the link in a browser, and do the same by clicking: a small app stands in for yours there.',
  );
  if (!apiOnly) console.log(service.hasStream ? EVENTS : NO_STREAM);
  introduced.resolve();
}

/** Throws before anything is started; the service itself knows the rest of its settings only then. */
function refuseWrongSettings(origin: string): void {
  const known = { [env.tableName]: 'referrals', [env.appUrl]: origin, [env.apiUrl]: origin };
  readSettings({ ...known, ...process.env });
  readPort('COGNITO_PORT');
  readPort('DYNAMODB_PORT');
}

/** Ends everything once and in order, however often it is called. */
function stop(): Promise<void> {
  stopped ??= end();
  return stopped;
}

async function end(): Promise<void> {
  await service?.stop();
  process.exit(process.exitCode ?? 0);
}

async function fail(error: NodeJS.ErrnoException): Promise<void> {
  // While everything ends, what still runs may fail.
  if (stopped !== undefined) return;
  process.exitCode = 1;
  console.error(
    error.code === 'EADDRINUSE'
      ? `Port ${process.env.PORT ?? 3000} is in use. Stop its process, or choose another port: PORT=3001 npm start`
      : error.message,
  );
  await stop();
}

// Not once: npm and the terminal both signal, and a signal that nobody handles would end the process at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
main().catch(fail);
