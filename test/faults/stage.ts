import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import getPort from 'get-port';
import { onTestFinished } from 'vitest';
import { createTable, enableStream } from '../../local/dynamodb.ts';
import type { Outputs } from '../../local/outputs.ts';
import { type DynamoDBProxy, startDynamoDBProxy } from '../dynamodb-proxy/proxy.ts';
import { type Domain, domainOn, useEmulator } from '../integration/domain.ts';
import { type Database, startDatabase } from './database.ts';
import { type EventBus, startEventBus } from './event-bus.ts';
import type { FastClock } from './fast-clock.ts';
import type { Process } from './processes.ts';
import { type Queue, startQueues } from './queue.ts';
import { startWorker, variablesOf, type Worker } from './workers.ts';

/** The whole deployment on this machine. Each part is a process that a test can kill or make fail. */
export interface Stage {
  readonly apiUrl: string;
  readonly database: Database;
  readonly proxy: DynamoDBProxy;
  readonly clicks: Queue;
  readonly bus: EventBus;
  readonly workers: readonly Process[];
  /** The domain in this process. It uses the proxy too. */
  readonly domain: Domain;
}

export interface StageOptions {
  readonly workers: readonly Worker[];
  /** Real time by default. */
  readonly clock?: FastClock;
  /** Number of times that a queued click is tried before it becomes a dead letter. */
  readonly tries?: number;
  /** More variables for the workers. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts everything. It ends after the test. */
export async function startStage({
  workers,
  clock,
  tries = 1000,
  variables: given,
}: StageOptions): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-stage-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const database = await startDatabase(directory);
  onTestFinished(database.kill);
  const tableName = 'referrals';
  useEmulator(database.endpoint);
  await createTable(database.endpoint, tableName, false);
  // A stream that nobody follows would only slow down every write.
  if (workers.includes('stream')) await enableStream(database.endpoint, tableName);

  const proxy = await startDynamoDBProxy(database.endpoint);
  onTestFinished(proxy.stop);
  // The database stamps its records with the real time.
  const streams = await startDynamoDBProxy(database.endpoint);
  onTestFinished(streams.stop);
  streams.reshape = (operation, _, output) =>
    clock && operation === 'GetRecords' ? atFastTimes(output, clock) : output;
  const queues = await startQueues();
  onTestFinished(queues.stop);
  const clicks = await queues.create('clicks', { visibilityTimeout: 2, maxReceiveCount: tries });
  const bus = await startEventBus();
  onTestFinished(bus.stop);

  const apiPort = await getPort({ host: '127.0.0.1' });
  const variables = variablesOf({
    dynamoDB: proxy.endpoint,
    streams: streams.endpoint,
    tableName,
    apiPort,
    queues: { endpoint: queues.endpoint, clicks },
    eventBus: bus,
    directory,
  });
  const started = await Promise.all(
    workers.map((worker) => startWorker(worker, { ...variables, ...clock?.variables, ...given })),
  );
  for (const worker of started) onTestFinished(worker.kill);

  const outputs = { DynamoDBEndpoint: proxy.endpoint, TableName: tableName } as Outputs;
  const domain = domainOn(outputs);
  const now = () => new Date(clock ? clock.fastNow() : Date.now());
  return {
    apiUrl: `http://127.0.0.1:${apiPort}`,
    database,
    proxy,
    clicks,
    bus,
    workers: started,
    domain: { ...domain, now },
  };
}

/** Turns the times of the stream's records into times of the clock. */
const atFastTimes = (
  { Records, ...output }: { readonly Records: _Record[] },
  { fast }: FastClock,
) => ({
  ...output,
  Records: Records.map(({ dynamodb, ...record }) => ({
    ...record,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime:
        fast(Number(dynamodb?.ApproximateCreationDateTime) * 1000) / 1000,
    },
  })),
});
