import { environment as env } from '../functions/environment.ts';

/** Variables that the service sets itself, or that make no sense here. */
type Given = 'apiUrl' | 'tokenIssuer' | 'tokenClientIds' | 'originSecret' | 'filesDirectory';

type Settable = Exclude<keyof typeof env, Given>;

// Whoever adds a setting has to describe it here.
const settings: Readonly<Record<Settable, string>> = {
  appUrl: "origin of your app (default: the API's own, with a page in place of the app)",
  tableName: 'name of the table (default referrals)',
  hooks: 'hooks module, such as ./hooks.mjs',
  defaultRedirectTo: 'destination of sign-up links (default: APP_URL with a slash)',
  allowedRedirectHosts: 'other hosts for destinations, comma-separated',
  redirectParameter: "query parameter that changes a link's destination (default redirect_to)",
  sessionCookieName: 'default referral_session',
  sessionCookieDomain: "common domain of app and API (default: the API's host)",
  sessionMaxAge: 'how long a visitor is recognised (default 365 days)',
  sessionHandoff: "true or false (default: true if the app's host does not receive the cookie)",
  globalPrivacyControl: 'true gives visitors with Sec-GPC no session (default false)',
  attributionModel: 'last or first (default last)',
  attributionWindow: 'how long a response can earn credit (default: for ever)',
  attributionNewUsersOnly: 'true or false (default false)',
  pageActions: 'actions that pages may record, as a JSON array (default: any)',
  actionDisplay: 'display names of actions, as a JSON object',
  maxReferralsPerUser: 'links that a user may make (default 1000)',
  codeLength: 'default 10',
  codeAlphabet: 'default: letters and digits',
  codeCustom: 'true lets owners choose codes (default false)',
  codeIgnoreCase: 'true finds codes in either case (default false)',
  clientIpHeader: "header with the visitor's IP",
  ip: 'truncated, none or full (default truncated)',
  referer: 'path, origin or none (default path)',
  eventsClicks: 'clicks that are put on the event bus: all, human or none (default all)',
  strictTransport: 'for Strict-Transport-Security (default: none is sent)',
  retention: 'how long responses are kept (default 400 days)',
  signUpWindow: 'how long after a sign-up a session credits it (default 7 days)',
  eventBusName: 'default referrals',
  clickQueueUrl: 'SQS queue of clicks that could not be stored (default: none)',
  signUpQueueUrl: 'SQS queue of sign-ups that got no link (default: none)',
  streamDeadLettersUrl: 'SQS queue of unreadable records (default: none)',
  nextPostConfirmation: 'Lambda function to call after ours (default: none)',
};

const lines = (entries: Iterable<readonly [string, string]>): string =>
  Array.from(entries, ([name, text]) => `  ${name.padEnd(29)}${text}`).join('\n');

/** What `npm start -- --help` prints. */
export const usage = `Usage: npm start [-- --fresh]

Runs the referral service on this machine, on an embedded DynamoDB and Cognito, and prints its events.
It is a development server. It keeps its data in .local/ of the current directory.

Options:
  --fresh   delete all data first
  --help    print this

Environment of this machine:
${lines([
  ['PORT', 'port of the API, 0 for any free one (default 3000)'],
  ['COGNITO_PORT', 'port of Cognito (default: the last one, at first any free one)'],
  ['DYNAMODB_PORT', 'port of DynamoDB (default: the last one, at first any free one)'],
  ['DYNAMODB_ENDPOINT', 'another DynamoDB to use, such as http://127.0.0.1:8000'],
  ['AWS_ENDPOINT_URL_EVENTBRIDGE', 'where events go (default: to this terminal)'],
  ['API_ONLY', '1 leaves events and closing hours to another service on the same table'],
])}

Environment of the functions, explained in docs/deploy.md under the names of the props:
${lines(Object.entries(settings).map(([key, text]) => [env[key as Settable], text]))}
`;
