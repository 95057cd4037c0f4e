import { isWrite } from '../../test/dynamodb-proxy/accesses.ts';
import { startDynamoDBProxy } from '../../test/dynamodb-proxy/proxy.ts';

/** What something asked of DynamoDB. */
export interface Usage {
  readonly reads: number;
  readonly writes: number;
  readonly readUnits: number;
  /** Of the table. */
  readonly writeUnits: number;
  /** Of the index. */
  readonly indexWriteUnits: number;
}

/** A place in front of a database where calls are counted, with the units that the database says they took. */
export interface Meter {
  readonly endpoint: string;
  /** Tells what was asked for while something ran. */
  readonly usageOf: (run: () => Promise<unknown>) => Promise<Usage>;
  readonly stop: () => void;
}

/** As `ReturnConsumedCapacity` has it; a transaction has one for each table. */
interface Consumed {
  readonly Table: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
}

const NOTHING: Usage = { reads: 0, writes: 0, readUnits: 0, writeUnits: 0, indexWriteUnits: 0 };

export async function startMeter(database: string): Promise<Meter> {
  const proxy = await startDynamoDBProxy(database);
  let used = NOTHING;
  proxy.rewrite = (_, input) => ({ ...input, ReturnConsumedCapacity: 'INDEXES' });
  proxy.reshape = (operation, _, { ConsumedCapacity, ...output }) => {
    for (const consumed of [ConsumedCapacity].flat())
      used = plus(used, isWrite(operation), consumed);
    return output;
  };
  return {
    endpoint: proxy.endpoint,
    usageOf: async (run) => {
      used = NOTHING;
      proxy.operations.length = 0;
      await run();
      const writes = proxy.operations.filter(isWrite).length;
      return { ...used, writes, reads: proxy.operations.length - writes };
    },
    stop: proxy.stop,
  };
}

function plus(
  used: Usage,
  isWrite: boolean,
  { Table, GlobalSecondaryIndexes = {} }: Consumed,
): Usage {
  const ofTable = Table.CapacityUnits;
  const ofIndex = Object.values(GlobalSecondaryIndexes).reduce(
    (units, { CapacityUnits }) => units + CapacityUnits,
    0,
  );
  return isWrite
    ? {
        ...used,
        writeUnits: used.writeUnits + ofTable,
        indexWriteUnits: used.indexWriteUnits + ofIndex,
      }
    : { ...used, readUnits: used.readUnits + ofTable + ofIndex };
}
