import { join } from 'node:path';
import { environment as env } from '../../functions/environment.ts';
import { CLIENT_IP } from '../integration/client.ts';
import { type Process, startProcess } from './processes.ts';
import type { Queue } from './queue.ts';

/** A process that runs functions: the API, or the trigger of the click queue, the hours or the stream. */
export type Worker = 'api' | 'clicks' | 'hours' | 'stream';

/** The addresses and names that the workers need. */
export interface Surroundings {
  /** The functions' DynamoDB: a proxy, so that a test can make it fail. */
  readonly dynamoDB: string;
  /** The database itself, for its stream. */
  readonly streams: string;
  readonly tableName: string;
  /** The port of the API. It stays the same after a restart. */
  readonly apiPort: number;
  readonly queues: { readonly endpoint: string; readonly clicks: Queue };
  readonly eventBus: { readonly endpoint: string };
  /** Holds the checkpoint of the stream. */
  readonly directory: string;
}

/** The environment of the workers. */
export const variablesOf = (surroundings: Surroundings): Record<string, string> => {
  const apiUrl = `http://127.0.0.1:${surroundings.apiPort}`;
  return {
    AWS_ENDPOINT_URL_DYNAMODB: surroundings.dynamoDB,
    AWS_ENDPOINT_URL_SQS: surroundings.queues.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: surroundings.eventBus.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'local',
    [env.tableName]: surroundings.tableName,
    [env.apiUrl]: apiUrl,
    [env.appUrl]: apiUrl,
    [env.clickQueueUrl]: surroundings.queues.clicks.url,
    [env.eventBusName]: 'referrals',
    // What is stored was published, clicks too.
    [env.eventsClicks]: 'all',
    [env.clientIpHeader]: CLIENT_IP,
    POWERTOOLS_METRICS_DISABLED: 'true',
    STREAM_ENDPOINT: surroundings.streams,
    CHECKPOINT: join(surroundings.directory, 'stream.json'),
    CLOSE_HOURS_PAUSE: '200',
  };
};

/** Starts a worker as its own process. */
export const startWorker = (
  worker: Worker,
  variables: Readonly<Record<string, string>>,
): Promise<Process> =>
  startProcess({
    name: worker,
    parameters: [join(import.meta.dirname, 'process', `${worker}.ts`)],
    variables,
    ready: 'Ready.',
  });
