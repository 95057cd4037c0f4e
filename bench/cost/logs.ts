/**
 * Bytes that CloudWatch Logs adds to each line, see
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
const LINE = 26;

const bytesOf = (line: string): number => line.length + LINE;

/**
 * Bytes in the log for an invocation: what the function logs, in at most one line. Lambda's own lines are left out,
 * see `lib/referral-function.ts`.
 */
export const bytesOfInvocation = (logged: number): number => (logged === 0 ? 0 : logged + LINE);

/** Bytes in the API's log for a request, see `lib/referral-api.ts`. */
export const bytesOfRequest = bytesOf(
  JSON.stringify({
    id: 'JKJaXmPLvHcESHA=',
    route: 'GET /r/{proxy+}',
    status: '302',
    ms: '12',
    error: '-',
  }),
);
