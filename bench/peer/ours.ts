import { join } from 'node:path';
import getPort from 'get-port';
import { createServices } from '../../cli/services.ts';
import { environment as env } from '../../functions/environment.ts';
import { createTable, startDynamoDB } from '../../local/dynamodb.ts';
import { startEmulator } from '../../local/emulator.ts';
import { startDynamoDBProxy } from '../../test/dynamodb-proxy/proxy.ts';
import { clickAtFullSpeed } from './load.ts';
import { cpuOf, type ProcessTree, startTree } from './process-tree.ts';
import type { RunningSide, Side } from './side.ts';

const CODE = 'benchmark1';
const TABLE = 'referrals';
const API = join(import.meta.dirname, '../../test/faults/process/api.ts');

/** The server of `npm start`, on a table without a stream, which the embedded DynamoDB is slow with. */
export const ours: Side = {
  name: 'cdk-referrals',

  start: async (directory) => {
    const database = await startTree(() => startDynamoDB(directory));
    return startOn(database, database.endpoint, directory);
  },

  callsOfClick: async (directory) => {
    const database = await startTree(() => startDynamoDB(directory));
    const proxy = await startDynamoDBProxy(database.endpoint);
    const { link, stop } = await startOn(database, proxy.endpoint, directory);
    const load = { link, connections: 1, seconds: 1 };
    // Looks the referral up, which is then remembered.
    await clickAtFullSpeed(load);
    proxy.operations.length = 0;
    const { clicks } = await clickAtFullSpeed(load);
    await stop();
    proxy.stop();
    const operations = Map.groupBy(proxy.operations, (operation) => operation);
    return Object.fromEntries([...operations].map(([name, { length }]) => [name, length / clicks]));
  },
};

async function startOn(
  database: ProcessTree,
  endpoint: string,
  directory: string,
): Promise<RunningSide> {
  const ofDatabase = {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'local',
  };
  Object.assign(process.env, ofDatabase);
  await createTable(database.endpoint, TABLE, false);
  const { store, close } = createServices(TABLE);

  const port = await getPort({ host: '127.0.0.1' });
  const origin = `http://127.0.0.1:${port}`;
  const referral = {
    id: '01K00000000000000000000000',
    code: CODE,
    redirectTo: `${origin}/`,
    createdAt: new Date().toISOString(),
    buckets: 1,
  };
  await store.createReferral(referral, []);
  const api = await startTree(() =>
    startEmulator({
      name: 'api',
      command: process.execPath,
      parameters: [API],
      port,
      directory,
      variables: {
        ...ofDatabase,
        [env.tableName]: TABLE,
        [env.apiUrl]: origin,
        [env.appUrl]: origin,
        POWERTOOLS_METRICS_DISABLED: 'true',
      },
    }),
  );
  return {
    link: `${origin}/r/${CODE}`,
    cpu: async () => ({ server: await cpuOf(api.pid), database: await cpuOf(database.pid) }),
    countClicks: async () => {
      let clicks = 0;
      const current = (await store.findReferral(CODE)) ?? referral;
      await store.eachResponse(current, 0, Number.POSITIVE_INFINITY, () => {
        clicks += 1;
      });
      return clicks;
    },
    stop: async () => {
      close();
      await api.stop();
      await database.stop();
    },
  };
}
