import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Position in a shard: a sequence number to continue after, null at its end, undefined at its beginning. */
export type Position = string | null | undefined;

/** The delivered position of a stream, kept in a file. */
export interface Checkpoint {
  readonly get: (shardId: string) => Position;
  readonly set: (shardId: string, position: Position) => void;
}

/** Opens the checkpoint of a stream. Ignores a file of another stream. */
export function openCheckpoint(file: string, streamArn: string): Checkpoint {
  const last = read(file);
  const positions = new Map(last?.streamArn === streamArn ? Object.entries(last.positions) : []);
  return {
    get: (shardId) => positions.get(shardId),
    set: (shardId, position) => {
      positions.set(shardId, position);
      const next: Content = { streamArn, positions: Object.fromEntries(positions) };
      // Whole or not at all, even if this process is killed.
      writeFileSync(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`);
      renameSync(`${file}.new`, file);
    },
  };
}

interface Content {
  readonly streamArn: string;
  readonly positions: Record<string, Position>;
}

function read(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
