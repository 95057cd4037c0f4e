import { createHistogram } from 'node:perf_hooks';

// Stands in for a Lambda instance: imports a bundle at the first invocation, and measures.
const bundle = process.argv[2] ?? '';

// Lambda's runtime has loaded these by then. It uses `require`, which loads less than an import, see
// https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/RAPIDClient.js
for (const name of ['http', 'https', 'crypto']) process.getBuiltinModule(name);

const RealDate = Date;

/** Stops the clock. The client of DynamoDB must not compare it with the dates of answers. */
function stopClock(at: number): void {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parameters, newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [at] : parameters, newTarget),
    get: (target, name) => (name === 'now' ? () => at : Reflect.get(target, name)),
  });
}

/** Milliseconds; no invocation takes as long. */
const TIMEOUT = 60_000;

let handler: ((event: unknown, context: unknown) => Promise<unknown>) | undefined;

/** Invocations of a function, one after the other. */
export interface Task {
  readonly event: unknown;
  /** The time that the function sees, in epoch milliseconds; by default the real one. */
  readonly at?: number | undefined;
  /** Invocations after the first that are not measured. */
  readonly warmUp?: number;
  /** Invocations after those that are measured. */
  readonly times?: number;
}

export type Measured = Awaited<ReturnType<typeof work>>;

/** Does a task. Times are in milliseconds. */
async function work({ event, at, warmUp = 0, times = 0 }: Task) {
  if (at !== undefined) stopClock(at);
  const events = Array.from({ length: 1 + warmUp + times }, () => structuredClone(event));
  const invoke = () => handler?.(events.pop(), context());

  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  handler ??= (await import(bundle)).handler;
  const imported = performance.now();
  let answer = await invoke();
  const answered = performance.now();
  const coldCpu = cpuSince(cpuBefore);

  for (let n = 0; n < warmUp; n++) answer = await invoke();
  const latencies = createHistogram();
  let billed = 0;
  const cpuWarm = process.cpuUsage();
  for (let n = 0; n < times; n++) {
    const start = performance.now();
    answer = await invoke();
    const latency = performance.now() - start;
    latencies.record(Math.max(1, Math.round(latency * 1e6)));
    billed += Math.ceil(latency);
  }
  return {
    /** The answer to the last invocation. */
    answer,
    /** The first invocation of the task. Only the first task of the process has to import. */
    cold: { imported: imported - began, first: answered - imported, cpu: coldCpu },
    warm: {
      p50: latencies.percentile(50) / 1e6,
      p99: latencies.percentile(99) / 1e6,
      cpu: cpuSince(cpuWarm) / times,
      /** The mean, after rounding each invocation up to a whole millisecond, as Lambda does. */
      billed: billed / times,
    },
  };
}

/** Milliseconds of processor time that this process has taken since. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function context() {
  const deadline = Date.now() + TIMEOUT;
  return {
    functionName: 'benchmark',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:benchmark',
    memoryLimitInMB: '512',
    awsRequestId: 'c1d2e3f4-0000-4000-8000-000000000000',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

process.on('message', (task: Task) => {
  work(task).then(
    (measured) => process.send?.({ measured }),
    (error: Error) => process.send?.({ failure: error.stack }),
  );
});
// Ends when the benchmark does.
process.on('disconnect', () => process.exit());
