import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { consumeStream } from '../../functions/triggers.ts';
import { reasonOf, refusalOf } from '../refusal.ts';

/** Limits of one invocation: as many records as Lambda would send, and bytes, of which Lambda takes 6 MB. */
const MOST_RECORDS = 500;
const MOST_BYTES = 5_000_000;

const Answer = v.object({
  batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })),
});

/** The function that follows the table's stream. */
export interface Consumer {
  /**
   * Invokes the function with records.
   *
   * @returns the reasons for failed records, by sequence number.
   * @throws Refusal if it can't be invoked.
   */
  readonly follow: (records: readonly DynamoDBRecord[]) => Promise<ReadonlyMap<string, string>>;
  readonly close: () => void;
}

/** Opens the function by its name. Endpoint, region and credentials come from the environment. */
export function openConsumer(name: string): Consumer {
  const client = new LambdaClient({
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: (consumeStream.timeout + 10) * 1000,
      throwOnRequestTimeout: true,
    },
  });
  const subject = {
    service: 'Lambda',
    resource: `function ${name}`,
    option: '--function',
  } as const;

  async function invoke(records: readonly DynamoDBRecord[]): Promise<Map<string, string>> {
    const failed = (reason: string, numbers = records.map(sequenceNumberOf)) =>
      new Map(numbers.map((number) => [number, reason]));
    try {
      const { FunctionError, Payload } = await client.send(
        new InvokeCommand({
          FunctionName: name,
          Payload: Buffer.from(JSON.stringify({ Records: records })),
        }),
      );
      const answer = JSON.parse(Payload?.transformToString() ?? '');
      if (FunctionError !== undefined) return failed(`${name} failed: ${answer.errorMessage}`);
      if (!v.is(Answer, answer))
        return failed(`${name} is not the function that follows the stream.`);
      return failed(
        `${name} could not process it, see its log.`,
        answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      );
    } catch (error) {
      const refusal = refusalOf(error, subject);
      if (refusal !== undefined) throw refusal;
      return failed(`${name}: ${reasonOf(error)}`);
    }
  }

  return {
    async follow(records) {
      const failures = new Map<string, string>();
      for (const batch of batchesOf(records)) {
        for (const [number, reason] of await invoke(batch)) failures.set(number, reason);
      }
      return failures;
    },
    close: () => client.destroy(),
  };
}

/** Identifies a record. */
export const sequenceNumberOf = ({ dynamodb }: DynamoDBRecord): string =>
  dynamodb?.SequenceNumber ?? '';

/** Groups records into batches for one invocation each. */
function batchesOf(records: readonly DynamoDBRecord[]): DynamoDBRecord[][] {
  const batches: DynamoDBRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record));
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === MOST_RECORDS || bytes + size > MOST_BYTES) {
      batches.push([record]);
      bytes = size;
    } else {
      batch.push(record);
      bytes += size;
    }
  }
  return batches;
}
