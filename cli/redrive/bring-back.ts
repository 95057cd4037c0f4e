import type { DynamoDBRecord } from 'aws-lambda';
import { consumeStream } from '../../functions/triggers.ts';
import { matches } from '../../local/stream-filter.ts';
import { Refusal } from '../refusal.ts';
import { type Consumer, sequenceNumberOf } from './consumer.ts';
import { readStreamLetter, type StreamLetter } from './dead-letter.ts';
import type { Message, Queue } from './queue.ts';
import type { Streams } from './stream.ts';

/** Reason for letters that can't be brought back any more. */
export const GONE = 'the stream no longer has their records (it holds records for 24 hours)';

/** Reasons why letters were not brought back, by id. */
export type Reasons = ReadonlyMap<string, string>;

export interface Ways {
  readonly queue: Queue;
  readonly streams: Streams;
  /** The stream's consumer; only needed for letters of the stream. */
  readonly consumer: Consumer | undefined;
}

/**
 * Makes a function that brings back dead letters. Letters of a queue go back to that queue, letters of the
 * stream to the function that follows it. It throws a Refusal if it can't bring back any.
 */
export function bringer({
  queue,
  streams,
  consumer,
}: Ways): (messages: readonly Message[]) => Promise<Reasons> {
  let source: Promise<string | undefined> | undefined;

  async function toQueue(messages: readonly Message[]): Promise<Reasons> {
    if (messages.length === 0) return new Map();
    source ??= queue.findSource();
    const to = await source;
    if (to !== undefined) return queue.send(to, messages);
    return new Map(messages.map(({ id }) => [id, 'their source queue is not known']));
  }

  async function toConsumer(letters: readonly StreamLetter[]): Promise<Reasons> {
    if (letters.length === 0) return new Map();
    if (consumer === undefined) {
      throw new Refusal(
        '--function: these dead letters are from the stream and go to the function that follows it; give its name, ConsumeStreamFunctionName from the outputs.',
      );
    }
    const reasons = new Map<string, string>();
    const opened: { id: string; records: readonly DynamoDBRecord[] }[] = [];
    // One by one, because a shard takes few readers.
    for (const { id, content } of letters) {
      const records = 'record' in content ? [content.record] : await streams.read(content.place);
      if (records === undefined) reasons.set(id, GONE);
      else opened.push({ id, records: records.filter(isWanted) });
    }
    const failed = await consumer.follow(opened.flatMap(({ records }) => records));
    for (const { id, records } of opened) {
      const number = records.map(sequenceNumberOf).find((one) => failed.has(one));
      if (number !== undefined) reasons.set(id, failed.get(number) ?? '');
    }
    return reasons;
  }

  return async (messages) => {
    const ofQueue: Message[] = [];
    const ofStream: StreamLetter[] = [];
    for (const message of messages) {
      const letter = readStreamLetter(message);
      if (letter === undefined) ofQueue.push(message);
      else ofStream.push(letter);
    }
    return new Map([...(await toQueue(ofQueue)), ...(await toConsumer(ofStream))]);
  };
}

/** Whether the filters of the function's event source let a record through. */
const isWanted = (record: DynamoDBRecord): boolean =>
  consumeStream.filters.some((filter) => matches(filter, record));
