/**
 * Bytes that CloudWatch Logs adds to each line, see
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const LINE = 26;

const requestId = 'c1d2e3f4-0000-4000-8000-000000000000';

const bytesOf = (...lines: string[]): number =>
  lines.reduce((bytes, { length }) => bytes + length + LINE, 0);

/** Bytes in the log for an invocation: Lambda's own lines, and what the function logs, in at most one line. */
export const bytesOfInvocation = (logged: number): number =>
  (logged === 0 ? 0 : logged + LINE) +
  bytesOf(
    `START RequestId: ${requestId} Version: $LATEST\n`,
    `END RequestId: ${requestId}\n`,
    `REPORT RequestId: ${requestId}\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 512 MB\tMax Memory Used: 101 MB\t\n`,
  );

/** Bytes in the API's log for a request, see `lib/referral-api.ts`. */
export const bytesOfRequest = bytesOf(
  JSON.stringify({
    time: '24/Nov/2026:11:22:33 +0000',
    requestId: 'JKJaXmPLvHcESHA=',
    route: 'GET /r/{proxy+}',
    status: '302',
    latency: '12',
    error: '-',
    integrationError: '-',
  }),
);
