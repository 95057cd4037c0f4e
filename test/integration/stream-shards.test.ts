import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { followStream } from '../../local/stream.ts';
import { type Shard, startStreamServer } from './stream-server.ts';

let checkpointFile: string;

beforeEach(async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) {
    vi.stubEnv(name, 'local');
  }
  checkpointFile = join(await mkdtemp(join(inject('scratch'), 'stream-')), 'stream.json');
});

/** Follows a stream, and notes the delivered keys. Batches with a failing key fail. */
function follow(endpoint: string, failing: readonly string[] = []) {
  const keys: string[] = [];
  const follower = followStream({
    endpoint,
    tableName: 'any',
    filters: [{}],
    checkpointFile,
    report: () => undefined,
    deliver: async ({ Records }) => {
      const batch = Records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S ?? '');
      if (batch.some((key) => failing.includes(key))) throw new Error('Not today.');
      keys.push(...batch);
      return undefined;
    },
  });
  onTestFinished(follower.stop);
  return { ...follower, keys };
}

const positions = async () => JSON.parse(await readFile(checkpointFile, 'utf8')).positions;

describe('followStream', () => {
  test('reads all shards page by page, each one after its parent', async () => {
    const { endpoint } = await startStreamServer([
      { id: 'grandchild', parent: 'child', records: ['E'] },
      { id: 'child', parent: 'root', records: ['C', 'D'], closed: true },
      { id: 'root', parent: 'gone', records: ['A', 'B'], closed: true },
    ]);
    const { keys } = follow(endpoint);
    await vi.waitFor(() => expect(keys).toEqual(['A', 'B', 'C', 'D', 'E']), 20_000);
    expect(await positions()).toEqual({ root: null, child: null, grandchild: '0' });
  });

  test('continues in the children of a shard that ends meanwhile', async () => {
    const root: Shard = { id: 'root', records: ['A'] };
    const shards = [root];
    const { endpoint } = await startStreamServer(shards);
    const { keys } = follow(endpoint);
    await vi.waitFor(() => expect(keys).toEqual(['A']), 20_000);
    root.records.push('B');
    root.closed = true;
    await vi.waitFor(async () => expect(await positions()).toEqual({ root: null }), 20_000);
    shards.push({ id: 'left', parent: 'root', records: ['C'] });
    shards.push({ id: 'right', parent: 'root', records: ['D'] });
    await vi.waitFor(() => expect(keys).toEqual(['A', 'B', 'C', 'D']), 20_000);
  });

  test('continues at its place in each shard, and does not read ended shards again', async () => {
    const shards: Shard[] = [
      { id: 'root', records: ['A'], closed: true },
      { id: 'left', parent: 'root', records: ['B'] },
      { id: 'right', parent: 'root', records: ['C'] },
    ];
    const { endpoint, iterated } = await startStreamServer(shards);
    const first = follow(endpoint);
    await vi.waitFor(() => expect(first.keys).toEqual(['A', 'B', 'C']), 20_000);
    await first.stop();
    iterated.length = 0;
    shards[2]?.records.push('D');
    const second = follow(endpoint);
    await vi.waitFor(() => expect(second.keys).toEqual(['D']), 20_000);
    expect(iterated).toEqual(['left after 0', 'right after 0']);
  });

  test('a shard with failing records does not hold up other shards', async () => {
    const other: Shard = { id: 'other', records: ['B'] };
    const { endpoint } = await startStreamServer([{ id: 'failing', records: ['A'] }, other]);
    const { keys } = follow(endpoint, ['A']);
    await vi.waitFor(() => expect(keys).toEqual(['B']), 20_000);
    other.records.push('C');
    await vi.waitFor(() => expect(keys).toEqual(['B', 'C']), 20_000);
    expect(await positions()).toEqual({ other: '1' });
  });

  test('continues at the first remaining record if its place is gone', async () => {
    const shard: Shard = { id: 'root', records: ['A'] };
    const { endpoint, iterated } = await startStreamServer([shard]);
    const first = follow(endpoint);
    await vi.waitFor(() => expect(first.keys).toEqual(['A']), 20_000);
    await first.stop();
    shard.records.push('B', 'C');
    shard.trimmed = 2;
    const second = follow(endpoint);
    await vi.waitFor(() => expect(second.keys).toEqual(['C']), 20_000);
    expect(iterated).toEqual(['root', 'root after 0', 'root']);
  });
});
