import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** Invokes a function of `functions/` in this process, as Lambda does. The timeout is in seconds. */
export async function invoke(name: string, event: unknown, timeout: number): Promise<unknown> {
  const { handler } = await import(`../functions/${name}.ts`);
  return handler(event, lambdaContext(name, timeout));
}

function lambdaContext(name: string, timeout: number): Context {
  const deadline = Date.now() + timeout * 1000;
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${name}`,
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
