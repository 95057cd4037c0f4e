import { join } from 'node:path';
import getPort from 'get-port';
import { countQuarters } from '../../functions/core/count-responses.ts';
import { sumOf } from '../../functions/core/hours.ts';
import { environment as env } from '../../functions/environment.ts';
import { startEmulator } from '../../local/emulator.ts';
import { startDynamoDBProxy } from '../../test/dynamodb-proxy/proxy.ts';
import { type Database, startEmbedded } from '../database.ts';
import { TABLE } from '../instance.ts';
import { newReferral } from '../scene.ts';
import { load } from './load.ts';
import { cpuOf, startTree } from './process-tree.ts';
import type { RunningSide, Side } from './side.ts';

const API = join(import.meta.dirname, '../../test/faults/process/api.ts');

/** The server of `npm start`, on the embedded DynamoDB. */
export const ours: Side = {
  name: 'cdk-referrals',

  start: async (directory) => {
    const database = await startTree(() => startEmbedded(directory));
    return startOn(database, database.endpoint, directory);
  },

  callsOfClick: async (directory) => {
    const database = await startTree(() => startEmbedded(directory));
    const proxy = await startDynamoDBProxy(database.endpoint);
    const { link, stop } = await startOn(database, proxy.endpoint, directory);
    // The first load looks the link up, and the server remembers it.
    await load({ link, connections: 1, seconds: 1 });
    proxy.operations.length = 0;
    const { clicks } = await load({ link, connections: 1, seconds: 1 });
    await stop();
    proxy.stop();
    const operations = Map.groupBy(proxy.operations, (operation) => operation);
    return Object.fromEntries([...operations].map(([name, { length }]) => [name, length / clicks]));
  },
};

async function startOn(
  { services, ...database }: Database & { readonly pid: number },
  endpoint: string,
  directory: string,
): Promise<RunningSide> {
  const port = await getPort({ host: '127.0.0.1' });
  const origin = `http://127.0.0.1:${port}`;
  const { userId, ...referral } = { ...newReferral('', new Date()), redirectTo: `${origin}/` };
  await services.store.createReferral(referral, []);
  const api = await startTree(() =>
    startEmulator({
      name: 'api',
      command: process.execPath,
      parameters: [API],
      port,
      directory,
      variables: {
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        [env.tableName]: TABLE,
        [env.apiUrl]: origin,
        [env.appUrl]: origin,
        POWERTOOLS_METRICS_DISABLED: 'true',
      },
    }),
  );
  return {
    link: `${origin}/r/${referral.code}`,
    cpu: async () => ({ server: await cpuOf(api.pid), database: await cpuOf(database.pid) }),
    // An answer would leave some out, because so many are counted step by step.
    countClicks: async () => sumOf(await countQuarters(services, referral, 0, Date.now())).clicks,
    stop: async () => {
      await api.stop();
      await database.stop();
    },
  };
}
