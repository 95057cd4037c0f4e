import { isWrite } from '../../test/dynamodb-proxy/accesses.ts';
import { startDynamoDBProxy } from '../../test/dynamodb-proxy/proxy.ts';
import { prices } from './prices.ts';

/** Calls of DynamoDB, and the units that they take. */
export interface Usage {
  readonly reads: number;
  readonly writes: number;
  readonly readUnits: number;
  /** Units of the table. */
  readonly writeUnits: number;
  /** Units of the index. */
  readonly indexWriteUnits: number;
}

/** Dollars for a million times. */
export const dollarsOf = ({ readUnits, writeUnits, indexWriteUnits }: Usage): number =>
  readUnits * prices.readUnits + (writeUnits + indexWriteUnits) * prices.writeUnits;

/** The part of `ReturnConsumedCapacity` that is read; a transaction has one for each table. */
interface Consumed {
  readonly Table: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>;
}

/** Starts a proxy in front of a database that counts calls, and the units that the database reports. */
export async function startMeter(database: string) {
  const proxy = await startDynamoDBProxy(database);
  const units = { readUnits: 0, writeUnits: 0, indexWriteUnits: 0 };
  proxy.rewrite = (_, input) => ({ ...input, ReturnConsumedCapacity: 'INDEXES' });
  proxy.reshape = (operation, _, { ConsumedCapacity, ...output }) => {
    for (const { Table, GlobalSecondaryIndexes = {} } of [ConsumedCapacity].flat() as Consumed[]) {
      const ofIndex = Object.values(GlobalSecondaryIndexes).reduce(
        (all, { CapacityUnits }) => all + CapacityUnits,
        0,
      );
      if (isWrite(operation)) {
        units.writeUnits += Table.CapacityUnits;
        units.indexWriteUnits += ofIndex;
      } else {
        units.readUnits += Table.CapacityUnits + ofIndex;
      }
    }
    return output;
  };
  return {
    endpoint: proxy.endpoint,
    /** Counts the calls while something runs. */
    usageOf: async (run: () => Promise<unknown>): Promise<Usage> => {
      Object.assign(units, { readUnits: 0, writeUnits: 0, indexWriteUnits: 0 });
      proxy.operations.length = 0;
      await run();
      const writes = proxy.operations.filter(isWrite).length;
      return { ...units, writes, reads: proxy.operations.length - writes };
    },
    stop: proxy.stop,
  };
}
