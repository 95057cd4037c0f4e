import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { environment as env } from '../functions/environment.ts';

/** What an instance is to do: an invocation, which is cold if it is the first, and then others. */
export interface Task {
  readonly event: unknown;
  /** Invocations before others are measured. */
  readonly warmUp: number;
  /** Invocations that are measured. */
  readonly times: number;
}

/** Times are in milliseconds. */
export interface Measured {
  /** Of the last invocation. */
  readonly answer: unknown;
  /** Of the first invocation of the task. */
  readonly cold: { readonly imported: number; readonly first: number; readonly cpu: number };
  readonly warm: {
    readonly p50: number;
    readonly p99: number;
    readonly cpu: number;
    /** On average; Lambda bills whole milliseconds. */
    readonly billed: number;
  };
}

export interface InstanceOptions {
  /** The program that stands in for Lambda. */
  readonly program: string;
  /** What it runs. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it logs is thrown away, unless it is to be counted. */
  readonly countsLog?: boolean;
}

/** A function in a process of its own. */
export interface Instance {
  /** @throws Error where the function does, or answers with a status other than the expected. */
  readonly run: (task: Task, expected?: number) => Promise<Measured>;
  /** How many bytes it has logged so far. */
  readonly logged: () => number;
  readonly stop: () => Promise<void>;
}

/** The table of all benchmarks. */
export const TABLE = 'benchmark';

/** Credentials and region as the functions have them; some databases keep a table apart for each. */
export const credentials = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  // About as long as those of Lambda are, because it is sent with every call.
  AWS_SESSION_TOKEN: 'x'.repeat(900),
};

/** What Lambda sets, and our stack. */
export const lambdaEnvironment = (dynamoDB: string, eventBus = dynamoDB) => ({
  ...credentials,
  // Where there are no files of the SDK's.
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

/** Starts a function as Lambda does. It ends with this process, however that ends. */
export function startInstance(options: InstanceOptions): Instance {
  const { program, bundle, environment, countsLog = false } = options;
  const child = fork(program, [pathToFileURL(bundle).href], {
    // Nothing of this process's own: not its credentials, nor options of Node.
    env: environment,
    execArgv: [],
    stdio: ['ignore', countsLog ? 'pipe' : 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('A function ended while it was measured.');
  });
  // Nobody need be waiting for it.
  ended.catch(() => undefined);
  let logged = 0;
  child.stdout?.on('data', ({ length }: Buffer) => {
    logged += length;
  });
  return {
    run: async (task, expected) => {
      child.send(task);
      const [{ measured, failure }] = await Promise.race([once(child, 'message'), ended]);
      if (failure !== undefined) throw new Error(failure);
      refuseFailure(measured.answer, expected);
      return measured;
    },
    logged: () => logged,
    stop: async () => {
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}

/** What fails is fast, and must not be taken for it. */
function refuseFailure(answer: unknown, expected: number | undefined): void {
  const { statusCode = 200, batchItemFailures = [] } = Object(answer);
  const isRight = expected === undefined ? statusCode < 400 : statusCode === expected;
  if (isRight && batchItemFailures.length === 0) return;
  throw new Error(`A function that is measured fails: ${JSON.stringify(answer)}`);
}
