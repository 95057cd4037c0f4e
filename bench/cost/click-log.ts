/**
 * Bytes that CloudWatch Logs counts for a line besides the line, see
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const LINE = 26;

const requestId = 'c1d2e3f4-0000-4000-8000-000000000000';

/** What Lambda writes of an invocation, and the API of a request, see `lib/referral-api.ts`. */
const others = [
  `START RequestId: ${requestId} Version: $LATEST\n`,
  `END RequestId: ${requestId}\n`,
  `REPORT RequestId: ${requestId}\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 512 MB\tMax Memory Used: 101 MB\t\n`,
  JSON.stringify({
    time: '24/Nov/2026:11:22:33 +0000',
    requestId: 'JKJaXmPLvHcESHA=',
    route: 'GET /r/{proxy+}',
    status: '302',
    latency: '12',
    error: '-',
    integrationError: '-',
  }),
];

/** Bytes of logs of a click for which the function writes one line of so many bytes. */
export const bytesOfLogs = (line: number): number =>
  [line, ...others.map(({ length }) => length)].reduce((bytes, each) => bytes + each + LINE, 0);
