import type { Benchmark, Row, Tables } from '../benchmark.ts';
import { billOf } from './bill.ts';
import { type Counting, startCounting } from './counting.ts';
import { invocations } from './invocations.ts';
import type { Usage } from './meter.ts';
import { prices } from './prices.ts';

/** Calls, units and dollars of what the service is asked. */
export const cost: Benchmark = {
  title: 'Calls and money',

  run: async (bench) => {
    const tables: Tables[] = [];
    for (const build of bench.builds) {
      console.log(`  Counting what ${build.name} asks of DynamoDB …`);
      const counting = await startCounting(bench, build);
      tables.push({ cost: await countInvocations(counting), bill: await billOf(counting) });
      await counting.stop();
    }
    return tables;
  },
};

async function countInvocations({ services, metered, usageOf }: Counting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, function: file, prepare } of invocations) {
    const { before, event, status } = await prepare(services);
    const { run } = metered(file);
    if (before !== undefined) await run({ event: before, warmUp: 0, times: 0 });
    const usage = await usageOf(() => run({ event, warmUp: 0, times: 0 }, status));
    rows.push({ name, figures: figures(usage) });
  }
  return rows;
}

const figures = ({ reads, writes, readUnits, writeUnits, indexWriteUnits }: Usage) => ({
  reads,
  writes,
  'read units': readUnits,
  'write units': writeUnits + indexWriteUnits,
  '$ a million': readUnits * prices.readUnits + (writeUnits + indexWriteUnits) * prices.writeUnits,
});
