import { once } from 'node:events';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stop as stopBundler } from 'esbuild';
import { environment as env } from '../functions/environment.ts';
import { hookNames } from '../functions/hooks.ts';
import { tokenVerifier } from '../functions/http/token.ts';
import { readSettings } from '../functions/setup/settings.ts';
import { buildServedFiles } from '../served-files.ts';
import type { Background } from './background.ts';
import { createUserPool, startCognito } from './cognito.ts';
import { demoApp } from './demo-app.ts';
import { createTable, enableStream, startDynamoDB } from './dynamodb.ts';
import { accepts, type Emulator } from './emulator.ts';
import type { BusEvent } from './event-bus.ts';
import type { Outputs } from './outputs.ts';
import { createListener } from './server.ts';
import { startSchedule, startStream } from './triggers.ts';

export interface Service {
  readonly outputs: Outputs;
  /** Whether the table has a stream. Without it, there are no events. */
  readonly hasStream: boolean;
  /** Resolves with a sentence if an emulator has died. */
  readonly died: Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface ServiceOptions {
  /** Directory of data and logs, and of `outputs.json` while the service runs. */
  readonly directory: string;
  /** Port of the API; 0 for any free one. */
  readonly port: number;
  /** Forget all data first. */
  readonly fresh: boolean;
  /** Leave the table's stream and closing hours to another service on the same table. */
  readonly apiOnly: boolean;
  /** Called with each published event. */
  readonly onEvent: (event: BusEvent) => void;
}

/**
 * Starts the whole service on this machine. The functions find their settings in the environment of this
 * process, as in Lambda.
 *
 * @throws Error in one line if something can't be started. Nothing is left running then.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { directory, port, fresh, apiOnly, onEvent } = options;
  let listener: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const server = createServer((request, response) => listener(request, response));
  const triggers: Background[] = [];
  const emulators: Emulator[] = [];
  const outputsFile = join(directory, 'outputs.json');
  const stop = async () => {
    // First, because they need the others to finish.
    await Promise.all(triggers.map((trigger) => trigger.stop()));
    server.close();
    server.closeAllConnections();
    await Promise.all(emulators.map((emulator) => emulator.stop()));
    if (emulators.length > 0) await rm(outputsFile, { force: true });
  };
  try {
    // First, so that a taken port fails before any data is touched.
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const apiUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
    await refuseSharing(outputsFile, apiUrl);
    // A service that was killed has left it, and whoever waits for it would not wait.
    await rm(outputsFile, { force: true });
    if (fresh) await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const filesDirectory = join(directory, 'files');
    await buildServedFiles(filesDirectory);
    // The bundler would stay as a process. The demo's pages start it again, for as long as this one runs.
    await stopBundler();

    let dynamoDBEndpoint = process.env.DYNAMODB_ENDPOINT;
    if (!dynamoDBEndpoint) {
      const dynamoDB = await startDynamoDB(directory);
      emulators.push(dynamoDB);
      dynamoDBEndpoint = dynamoDB.endpoint;
    }
    if (dynamoDBEndpoint.startsWith('http:')) useDummyCredentials();
    const cognito = await startCognito(directory, apiUrl);
    emulators.push(cognito);

    const tableName = process.env[env.tableName] ?? 'referrals';
    await createTable(dynamoDBEndpoint, tableName, fresh).catch((error) => {
      throw process.env.DYNAMODB_ENDPOINT
        ? new Error(`DYNAMODB_ENDPOINT: ${dynamoDBEndpoint} does not work: ${error.message}`)
        : error;
    });
    const hasStream = await enableStream(dynamoDBEndpoint, tableName);
    const { userPoolId, userPoolClientId } = await createUserPool(cognito.endpoint);
    const appUrl = process.env[env.appUrl] ?? apiUrl;
    const outputs: Outputs = {
      ApiUrl: apiUrl,
      UserPoolId: userPoolId,
      UserPoolClientId: userPoolClientId,
      CognitoEndpoint: cognito.endpoint,
      DynamoDBEndpoint: dynamoDBEndpoint,
      TableName: tableName,
      DefaultRedirectTo: process.env[env.defaultRedirectTo] ?? `${appUrl}/`,
    };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDBEndpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: process.env.AWS_ENDPOINT_URL_EVENTBRIDGE ?? apiUrl,
      [env.eventBusName]: process.env[env.eventBusName] ?? 'referrals',
      // Whoever tries the service wants to see what happens.
      [env.eventsClicks]: process.env[env.eventsClicks] ?? 'all',
      [env.tableName]: tableName,
      [env.apiUrl]: apiUrl,
      [env.appUrl]: appUrl,
      [env.filesDirectory]: filesDirectory,
      [env.tokenIssuer]: `${cognito.endpoint}/${userPoolId}`,
      [env.tokenClientIds]: userPoolClientId,
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_SERVICE_NAME: 'referrals',
    });
    // No CDN is in front.
    delete process.env[env.originSecret];
    const hooks = process.env[env.hooks];
    if (hooks) process.env[env.hooks] = await loadableHooks(hooks);
    const verifyToken = tokenVerifier(readSettings(process.env).token);
    if (!apiOnly) triggers.push(startSchedule());
    if (!apiOnly && hasStream) {
      const checkpointFile = join(directory, 'stream.json');
      const stream = startStream({ endpoint: dynamoDBEndpoint, tableName, checkpointFile });
      triggers.push(stream);
      server.on('request', (_request, response) => response.once('close', stream.wake));
    }
    const demo = appUrl === apiUrl ? demoApp(outputs) : undefined;
    listener = createListener({ apiUrl, appUrl, onEvent, demo, verifyToken });
    // Whole or not at all, because it tells others that the service is ready.
    writeFileSync(`${outputsFile}.new`, `${JSON.stringify(outputs, null, 2)}\n`);
    renameSync(`${outputsFile}.new`, outputsFile);
    return { outputs, hasStream, stop, died: Promise.race(emulators.map(({ died }) => died)) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws if another service uses the same files, because both would ruin them. Ignores killed services. */
async function refuseSharing(outputsFile: string, apiUrl: string): Promise<void> {
  const text = await readFile(outputsFile, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const other: Outputs = JSON.parse(text);
  if (other.ApiUrl !== apiUrl && (await accepts(Number(new URL(other.ApiUrl).port)))) {
    throw new Error(
      `The data here is in use by the service at ${other.ApiUrl}. Stop that one first.`,
    );
  }
}

/** The URL of a hooks module. Throws if it can't be loaded, which the functions would only log. */
async function loadableHooks(path: string): Promise<string> {
  const { href } = pathToFileURL(resolve(path));
  if (!existsSync(path)) throw new Error(`HOOKS: there is no file ${path}.`);
  const exported: Record<string, unknown> = await import(href).catch((error: unknown) => {
    const [reason] = `${error instanceof Error ? error.message : error}`.split('\n');
    throw new Error(`HOOKS: ${path} can't be loaded: ${reason}`);
  });
  if (!hookNames.some((name) => typeof exported[name] === 'function')) {
    throw new Error(`HOOKS: ${path} must export at least one of ${hookNames.join(', ')}.`);
  }
  return href;
}

/** An emulator takes any credentials, so it does not get those of this machine. */
function useDummyCredentials(): void {
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'local',
  });
}
