import type { DynamoDBRecord } from 'aws-lambda';
import { consumeStream } from '../../functions/triggers.ts';
import { matches } from '../../local/stream-filter.ts';
import { Refusal } from '../refusal.ts';
import { type Consumer, sequenceNumberOf } from './consumer.ts';
import { readStreamLetter, type StreamLetter } from './dead-letter.ts';
import type { Message, Queue } from './queue.ts';
import type { Streams } from './stream.ts';

/** Why a letter can't be brought back any more. */
export const GONE = 'the stream, which holds records for 24 hours, no longer has them';

/** Why letters were not brought back, by their ids. */
export type Reasons = ReadonlyMap<string, string>;

export interface Ways {
  readonly queue: Queue;
  readonly streams: Streams;
  /** What follows the stream; only needed for its letters. */
  readonly consumer: Consumer | undefined;
}

/**
 * Makes a bringer of dead letters: those of a queue go back to it, those of the stream to the function that
 * follows it. The bringer throws a Refusal where it can bring back none.
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
    return new Map(messages.map(({ id }) => [id, 'it is not known what queue they came from']));
  }

  async function toConsumer(letters: readonly StreamLetter[]): Promise<Reasons> {
    if (letters.length === 0) return new Map();
    if (consumer === undefined) {
      throw new Refusal(
        '--function: these are dead letters of the stream, and go to the function that follows it; name that, which is ConsumeStreamFunctionName of the outputs.',
      );
    }
    const reasons = new Map<string, string>();
    const opened: { id: string; records: readonly DynamoDBRecord[] }[] = [];
    // One by one: a shard takes few readers.
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

/** Whether the function is to see a record, as its event source has it. */
const isWanted = (record: DynamoDBRecord): boolean =>
  consumeStream.filters.some((filter) => matches(filter, record));
