import type { Message, Queue } from './queue.ts';

/** Batches of messages that are worked on at once. */
const WORKERS = 4;

/** What became of the dead letters so far. */
export interface Tally {
  /** Brought back to be tried again, and deleted. */
  done: number;
  /** How many are left in the queue for each reason. */
  readonly kept: Map<string, number>;
  /** How many came into the queue after the start, and are left in it. */
  late: number;
}

export interface Redrive {
  readonly queue: Queue;
  /** Brings dead letters back, and gives the reasons why some could not be, by their ids. */
  readonly bringBack: (letters: readonly Message[]) => Promise<ReadonlyMap<string, string>>;
  /** It is changed as the work goes on. */
  readonly tally: Tally;
  /** Aborting it stops the work; the letters in flight are finished first. */
  readonly interrupt: AbortSignal;
  /** Called whenever a count has changed. */
  readonly onProgress: (tally: Tally) => void;
}

export const noTally = (): Tally => ({ done: 0, kept: new Map(), late: 0 });

/** How many of the letters that were there at the start are left. */
export const keptLetters = ({ kept }: Tally): number =>
  [...kept.values()].reduce((all, count) => all + count, 0);

/**
 * Brings back each dead letter that a queue has at the start. A letter is deleted only after it was brought
 * back, and so may be brought back twice where this is killed in between; who gets it can bear that.
 *
 * @throws Refusal where an error would hit every letter, and `interrupt`'s reason where that was aborted.
 */
export async function redrive(options: Redrive): Promise<void> {
  const { queue, bringBack, tally, interrupt, onProgress } = options;
  const startedAt = Date.now();
  const halt = new AbortController();
  const signal = AbortSignal.any([interrupt, halt.signal]);
  /** What was received and not deleted, by its id. */
  const held = new Map<string, Message>();

  const take = async (received: readonly Message[]) => {
    // What is held for long is received again.
    const unseen = received.filter(({ id }) => !held.has(id));
    for (const message of received) held.set(message.id, message);
    // A record that still can't be read is set aside again, as a new letter: once is enough.
    const letters = unseen.filter(({ sentAt }) => sentAt <= startedAt);
    const reasons = await bringBack(letters);
    const done = letters.filter(({ id }) => !reasons.has(id));
    await queue.remove(done);
    for (const { id } of done) held.delete(id);
    for (const reason of reasons.values())
      tally.kept.set(reason, (tally.kept.get(reason) ?? 0) + 1);
    tally.done += done.length;
    tally.late += unseen.length - letters.length;
    onProgress(tally);
  };
  const work = async () => {
    while (!signal.aborted) {
      const received = await queue.receive();
      if (received.length === 0) return;
      await take(received);
    }
  };
  const workers = Array.from({ length: WORKERS }, () => work().catch((error) => halt.abort(error)));
  await Promise.all(workers);
  // Without it they are there again when their time is up.
  await queue.release([...held.values()]).catch(() => undefined);
  signal.throwIfAborted();
}
