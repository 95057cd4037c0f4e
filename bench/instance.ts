import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { environment as env } from '../functions/environment.ts';
import { type Build, bundleOf } from './build.ts';
import type { Measured, Task } from './lambda/instance.ts';

/** The name of the table in all benchmarks. */
export const TABLE = 'benchmark';

/** Credentials and region of the functions. Some databases keep separate tables for each pair. */
export const credentials = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  // About as long as a token in Lambda, because every call sends it.
  AWS_SESSION_TOKEN: 'x'.repeat(900),
};

/** The environment variables that Lambda and our stack set. */
export const lambdaEnvironment = (dynamoDB: string, eventBus = dynamoDB) => ({
  ...credentials,
  // A directory without configuration files of the SDK.
  HOME: '/home/sbx_user1051',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'benchmark',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDB,
  AWS_ENDPOINT_URL_EVENTBRIDGE: eventBus,
  POWERTOOLS_SERVICE_NAME: 'ReferralsStack/Referrals',
  [env.tableName]: TABLE,
  [env.apiUrl]: 'https://go.example.com',
  [env.appUrl]: 'https://app.example.com',
  [env.clickQueueUrl]: 'https://sqs.us-east-1.amazonaws.com/000000000000/clicks',
  [env.eventBusName]: 'referrals',
  [env.tokenIssuer]: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_benchmark',
  [env.tokenClientIds]: 'benchmark',
});

/** A bundle in a process of its own. */
export type Instance = ReturnType<typeof startInstance>;

/**
 * Starts a bundle as Lambda would. Its process ends with this one.
 *
 * @param countsLog whether to count what it logs; otherwise its log is thrown away.
 */
export function startInstance(
  floor: Build,
  bundle: string,
  environment: Readonly<Record<string, string>>,
  countsLog = false,
) {
  const child = fork(bundleOf(floor, 'instance'), [pathToFileURL(bundle).href], {
    // Neither the credentials of this process nor its options for Node.
    env: environment,
    execArgv: [],
    stdio: ['ignore', countsLog ? 'pipe' : 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('A function ended while it was measured.');
  });
  // It may end while nobody waits for it.
  ended.catch(() => undefined);
  let logged = 0;
  child.stdout?.on('data', ({ length }: Buffer) => {
    logged += length;
  });
  return {
    /**
     * @param status of the answer; by default any below 400.
     * @throws Error if the function fails or answers with another status.
     */
    run: async (task: Task, status?: number): Promise<Measured> => {
      child.send(task);
      const [{ measured, failure }] = await Promise.race([once(child, 'message'), ended]);
      if (failure !== undefined) throw new Error(failure);
      refuseFailure(measured.answer, status);
      return measured;
    },
    /** Bytes that it has logged so far. */
    logged: () => logged,
    stop: async () => {
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}

/** A function that fails is fast, so a failure must not count as a measurement. */
function refuseFailure(answer: unknown, expected: number | undefined): void {
  const { statusCode = 200, batchItemFailures = [] } = Object(answer);
  const isRight = expected === undefined ? statusCode < 400 : statusCode === expected;
  if (isRight && batchItemFailures.length === 0) return;
  throw new Error(`A function fails while it is measured: ${JSON.stringify(answer)}`);
}
