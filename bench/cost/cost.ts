import type { Benchmark } from '../benchmark.ts';
import { type Build, hasFunction } from '../build.ts';
import { startEmbedded } from '../database.ts';
import { setScene } from '../scene.ts';
import type { Row, Tables } from '../table.ts';
import { billOf, countRun } from './bill.ts';
import { type Counting, dollarsOf, startCounting, type Usage } from './counting.ts';
import { idleRows } from './idle.ts';
import { requests } from './requests.ts';

/** Calls of DynamoDB, units and dollars of each kind of request; the bill of a million clicks, and of none. */
export const cost: Benchmark = {
  title: 'Calls and money',

  run: async ({ builds, floor, directory }) => {
    const tables: Tables[] = [];
    for (const build of builds) {
      console.log(`  Counting the calls of ${build.name} …`);
      const database = await startEmbedded(directory);
      const counting = await startCounting(floor, build, database);
      const requested = await countRequests(build, counting);
      const run = await countRun(counting);
      const bill = await billOf(counting, run);
      // The template is the working tree's, so other builds have none.
      tables.push({ cost: requested, bill, ...(build === builds[0] && { idle: idleRows(run) }) });
      await counting.stop();
      await database.stop();
    }
    return tables;
  },
};

async function countRequests(build: Build, { services, count }: Counting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, clicks = 1, before, invocation, status } of requests) {
    const scene = await setScene(services, { clicks });
    const counted = await invocation(scene, services);
    if (!hasFunction(build, counted.function)) continue;
    if (before !== undefined) await count(before(scene));
    rows.push({ name, figures: figures(await count(counted, { status })) });
  }
  return rows;
}

const figures = (usage: Usage) => ({
  reads: usage.reads,
  writes: usage.writes,
  'read units': usage.readUnits,
  'write units': usage.writeUnits + usage.indexWriteUnits,
  '$ a million': dollarsOf(usage),
});
