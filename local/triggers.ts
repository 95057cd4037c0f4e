import type { DynamoDBBatchResponse } from 'aws-lambda';
import { closeHours, consumeStream } from '../functions/triggers.ts';
import type { Background } from './background.ts';
import { invoke } from './invoke.ts';
import { runEvery } from './schedule.ts';
import { followStream, type StreamOptions } from './stream.ts';

/** Has the function of the table's stream invoked with what is new in it. */
export const startStream = (
  table: Pick<StreamOptions, 'endpoint' | 'tableName' | 'checkpointFile'>,
): Background =>
  followStream({
    ...table,
    filters: consumeStream.filters,
    deliver: async (event) =>
      (await invoke(consumeStream.function, event, consumeStream.timeout)) as DynamoDBBatchResponse,
    report: report("The table's stream is not delivered, and tried again"),
  });

/** Has the function that closes hours invoked now and then. */
export const startSchedule = (): Background =>
  runEvery(
    closeHours.everyMinutes * 60_000,
    () =>
      invoke(
        closeHours.function,
        { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} },
        closeHours.timeout,
      ),
    report('The hours are not closed, and tried again'),
  );

const report = (what: string) => (error: unknown) =>
  console.error(`${what}: ${error instanceof Error ? error.message : error}`);
