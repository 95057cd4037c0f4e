import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment as env } from '../functions/environment.ts';
import { readSettings } from '../functions/setup/settings.ts';
import { demonstrate } from './demo.ts';
import { eventLine } from './event-line.ts';
import { type Service, startService } from './service.ts';

const HELP = `Usage: npm start [-- --fresh]

Runs the referral service on this machine, on an embedded DynamoDB and Cognito, and prints the events that
it publishes. It is a development server. Data is kept in .local/ of the current directory.

Options:
  --fresh   begin anew: forget all data
  --help    print this

Environment:
  PORT                the API's port (default 3000)
  APP_URL             your app's origin (default: the API's own, with a page that stands in for the app)
  DYNAMODB_ENDPOINT   another DynamoDB to use, such as http://127.0.0.1:8000
  TABLE_NAME          the table's name (default referrals)
  HOOKS               a module of hooks, such as ./hooks.mjs
  API_ONLY            1 leaves events and closing hours to another service on the same table
`;

const EVENTS = '\nEvents, as they are published:\n';
const NO_STREAM =
  '\nThis DynamoDB has no streams: there are no events, and hours that are over are not counted.';

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
    // Those of the demo have to wait, so that they don't come between its lines.
    onEvent: (event) => introduced.promise.then(() => console.log(eventLine(event))),
  });
  service.died.then((sentence) => fail(new Error(sentence)));
  await demonstrate(service.outputs, directory);

  console.log(`\nReady. A development server; the confirmation code of every sign-up is 123456.\n`);
  for (const [name, value] of Object.entries(service.outputs)) {
    console.log(`  ${name.padEnd(18)}${value}`);
  }
  console.log(
    '\nThese are in .local/outputs.json, too, while it runs. Next: point your app at ApiUrl; Ctrl-C stops.',
  );
  if (!apiOnly) console.log(service.hasStream ? EVENTS : NO_STREAM);
  introduced.resolve();
}

function readPort(text = '3000'): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`PORT must be a number from 0 to 65535, and is "${text}".`);
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
      ? `Port ${process.env.PORT ?? 3000} is taken. Stop what uses it, or choose another: PORT=3001 npm start`
      : error.message,
  );
  await stop();
}

process.once('SIGINT', stop);
process.once('SIGTERM', stop);
main().catch(fail);
