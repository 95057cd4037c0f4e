import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment as env } from '../functions/environment.ts';
import { readSettings } from '../functions/setup/settings.ts';
import { demonstrate } from './demo.ts';
import { eventLine } from './event-line.ts';
import { type Service, startService } from './service.ts';

const HELP = `Usage: npm start [-- --fresh]

Runs the referral service on this machine, on an embedded DynamoDB and Cognito, and prints its events.
It is a development server. It keeps its data in .local/ of the current directory.

Options:
  --fresh   delete all data first
  --help    print this

Environment:
  PORT                port of the API (default 3000)
  APP_URL             origin of your app (default: the API's own, with a page in place of the app)
  DYNAMODB_ENDPOINT   another DynamoDB to use, such as http://127.0.0.1:8000
  TABLE_NAME          name of the table (default referrals)
  HOOKS               hooks module, such as ./hooks.mjs
  API_ONLY            1 leaves events and closing hours to another service on the same table
`;

const EVENTS = '\nEvents, as they are published:\n';
const NO_STREAM =
  '\nThis DynamoDB has no streams: there are no events, and finished hours are not counted.';

let service: Service | undefined;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { fresh: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.help) return void console.log(HELP);

  const port = readPort(process.env.PORT);
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
  console.log(
    '\nWhile it runs, these are also in .local/outputs.json. Next: point your app at ApiUrl. Ctrl-C stops it.',
  );
  if (!apiOnly) console.log(service.hasStream ? EVENTS : NO_STREAM);
  introduced.resolve();
}

function readPort(text = '3000'): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not "${text}".`);
}

/** Throws before anything is started; the service itself knows the rest of its settings only then. */
function refuseWrongSettings(origin: string): void {
  const known = { [env.tableName]: 'referrals', [env.appUrl]: origin, [env.apiUrl]: origin };
  readSettings({ ...known, ...process.env });
}

async function stop(): Promise<void> {
  await service?.stop();
  process.exit(process.exitCode ?? 0);
}

async function fail(error: NodeJS.ErrnoException): Promise<void> {
  process.exitCode = 1;
  console.error(
    error.code === 'EADDRINUSE'
      ? `Port ${process.env.PORT ?? 3000} is in use. Stop its process, or choose another port: PORT=3001 npm start`
      : error.message,
  );
  await stop();
}

process.once('SIGINT', stop);
process.once('SIGTERM', stop);
main().catch(fail);
