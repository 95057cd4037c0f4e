import { join } from 'node:path';
import getPort from 'get-port';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { download } from '../deploy/download.ts';
import { requireInstalled } from '../deploy/prerequisite.ts';

/**
 * Starts Amazon's DynamoDB Local, in memory, on a free port of this machine.
 *
 * @throws Error in one line if Java or Maven is missing.
 */
export async function startDynamoDBLocal(directory: string): Promise<Emulator> {
  await requireInstalled({
    name: 'a JDK, 17 or later (adoptium.net; on Debian: apt install default-jdk-headless)',
    command: ['java', '--add-modules', 'jdk.compiler', '--version'],
    suffices: (printed) => Number(/\d+/.exec(printed)?.[0]) >= 17,
  });
  const pom = join(import.meta.dirname, 'pom.xml');
  const libraries = await download({
    name: 'dynamodb-local',
    pins: pom,
    needs: {
      name: 'Maven (maven.apache.org; on Debian: apt install maven)',
      command: ['mvn', '-v'],
    },
    commands: (filling) => [
      ['mvn', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${filling}`],
    ],
  });
  const port = await getPort({ host: '127.0.0.1' });
  return startEmulator({
    name: 'dynamodb-local',
    command: 'java',
    parameters: [
      // The dependencies include SQLite for this machine.
      `-Djava.library.path=${libraries}`,
      '-cp',
      join(libraries, '*'),
      join(import.meta.dirname, 'LoopbackDynamoDB.java'),
      '-inMemory',
      '-disableTelemetry',
      '-port',
      `${port}`,
    ],
    port,
    directory,
  });
}
