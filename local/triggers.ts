import type { DynamoDBBatchResponse } from 'aws-lambda';
import { closeHours, consumeStream } from '../functions/triggers.ts';
import type { Background } from './background.ts';
import { invoke } from './invoke.ts';
import { runEvery } from './schedule.ts';
import { followStream, type StreamFollower, type StreamOptions } from './stream.ts';

/** Invokes the stream's function with new records. */
export const startStream = (
  table: Pick<StreamOptions, 'endpoint' | 'tableName' | 'checkpointFile'>,
): StreamFollower =>
  followStream({
    ...table,
    filters: consumeStream.filters,
    deliver: async (event) =>
      (await invoke(consumeStream.function, event, consumeStream.timeout)) as DynamoDBBatchResponse,
    report: report("The table's stream could not be delivered, and will be tried again"),
  });

/** Invokes the function that closes hours, at its interval. */
export const startSchedule = (): Background =>
  runEvery(
    closeHours.everyMinutes * 60_000,
    () =>
      invoke(
        closeHours.function,
        { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} },
        closeHours.timeout,
      ),
    report('The hours could not be closed, and will be tried again'),
  );

const report = (what: string) => (error: unknown) =>
  console.error(`${what}: ${error instanceof Error ? error.message : error}`);
