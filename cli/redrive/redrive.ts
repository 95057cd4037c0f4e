import type { Message, Queue } from './queue.ts';

/** Batches of messages to work on at once. */
const WORKERS = 4;

/** Results of the dead letters so far. */
export interface Tally {
  /** Number of letters brought back and deleted. */
  done: number;
  /** Numbers of letters left in the queue, by reason. */
  readonly kept: Map<string, number>;
  /** Number of letters that arrived after the start. They are left in the queue. */
  late: number;
}

export interface Redrive {
  readonly queue: Queue;
  /** Brings dead letters back. Returns the reasons for failed ones, by id. */
  readonly bringBack: (letters: readonly Message[]) => Promise<ReadonlyMap<string, string>>;
  /** `redrive` updates it. */
  readonly tally: Tally;
  /** Aborting it stops the work, after the letters in flight. */
  readonly interrupt: AbortSignal;
  /** Called after each change of a count. */
  readonly onProgress: (tally: Tally) => void;
}

export const noTally = (): Tally => ({ done: 0, kept: new Map(), late: 0 });

/** The number of letters from the start that are left. */
export const keptLetters = ({ kept }: Tally): number =>
  [...kept.values()].reduce((all, count) => all + count, 0);

/**
 * Brings back each dead letter that a queue has at the start. It deletes a letter only after bringing it back.
 * If the process is killed in between, a letter may come back twice. The receivers tolerate that.
 *
 * @throws Refusal if an error would hit every letter, and `interrupt`'s reason if it was aborted.
 */
export async function redrive(options: Redrive): Promise<void> {
  const { queue, bringBack, tally, interrupt, onProgress } = options;
  const startedAt = Date.now();
  const halt = new AbortController();
  const signal = AbortSignal.any([interrupt, halt.signal]);
  /** Messages that were received and not deleted, by id. */
  const held = new Map<string, Message>();

  const take = async (received: readonly Message[]) => {
    // Messages that are held for long are received again.
    const unseen = received.filter(({ id }) => !held.has(id));
    for (const message of received) held.set(message.id, message);
    // A record that is still unreadable becomes a new letter. One try is enough.
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
  // If this fails, the messages are available again after their time is up.
  await queue.release([...held.values()]).catch(() => undefined);
  signal.throwIfAborted();
}
