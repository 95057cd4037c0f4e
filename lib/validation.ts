import { Token } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { ReferralsProps } from './props.ts';

const MIN_ALPHABET = 16;
const MIN_CODE = 6;
const MAX_CODE = 64;
/** Days. */
const MIN_RETENTION = 30;
const HOST = /^[a-z0-9.-]+(:\d+)?$/;

/**
 * Checks what types can't, before anything is deployed.
 *
 * @throws Error in one sentence that says what to write instead.
 */
export function validate(props: ReferralsProps): void {
  for (const check of [appUrl, redirects, sessionDomain, codes, retention, users, alarms]) {
    const problem = check(props);
    if (problem !== undefined) throw new Error(problem);
  }
}

type Check = (props: ReferralsProps) => string | undefined;

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

const appUrl: Check = ({ appUrl: url }) => {
  if (Token.isUnresolved(url) || (url?.startsWith('https://') && isOrigin(url))) return undefined;
  return `appUrl: "${url}" must be the app's https origin without a path, such as https://app.example.com.`;
};

const redirects: Check = ({ defaultRedirectTo, allowedRedirectHosts = [], redirectParameter }) => {
  if (defaultRedirectTo !== undefined && !URL.canParse(defaultRedirectTo)) {
    return `defaultRedirectTo: "${defaultRedirectTo}" must be an absolute URL, such as https://app.example.com/welcome.`;
  }
  const wrong = allowedRedirectHosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) {
    return `allowedRedirectHosts: "${wrong}" must be a host without scheme or path, such as shop.example.com.`;
  }
  return redirectParameter === ''
    ? 'redirectParameter: must not be empty; leave it out instead.'
    : undefined;
};

const sessionDomain: Check = ({ appUrl: url, session }) => {
  if (session?.domain === undefined || Token.isUnresolved(url)) return undefined;
  const domain = session.domain.replace(/^\./, '');
  const { hostname } = new URL(url);
  if (hostname === domain || hostname.endsWith(`.${domain}`)) return undefined;
  return `session.domain: "${session.domain}" must contain the app's host ${hostname}, or the app never sees the cookie.`;
};

const codes: Check = ({ code: { length = 10, alphabet } = {} }) => {
  if (!Number.isInteger(length) || length < MIN_CODE || length > MAX_CODE) {
    return `code.length: ${length} must be a whole number from ${MIN_CODE} to ${MAX_CODE}.`;
  }
  if (alphabet === undefined) return undefined;
  if (!/^[A-Za-z0-9_-]+$/.test(alphabet)) {
    return 'code.alphabet: must have only letters, digits, - and _.';
  }
  if (new Set(alphabet).size === alphabet.length && alphabet.length >= MIN_ALPHABET)
    return undefined;
  return `code.alphabet: must have at least ${MIN_ALPHABET} different characters, each once.`;
};

const retention: Check = ({ retention: duration }) =>
  duration !== undefined && duration.toDays({ integral: false }) < MIN_RETENTION
    ? `retention: must be at least ${MIN_RETENTION} days, or attribution has nothing to go by.`
    : undefined;

const users: Check = ({
  userPool,
  userPoolClients,
  attachTrigger = true,
  nextPostConfirmation,
}) => {
  if ((userPool === undefined) !== (userPoolClients === undefined)) {
    return 'userPool and userPoolClients: give both, or neither for a user pool of its own.';
  }
  if (userPoolClients?.length === 0) return 'userPoolClients: give at least one app client.';
  if (userPool !== undefined && attachTrigger && !(userPool instanceof UserPool)) {
    return "userPool: it was made elsewhere, so no trigger can be attached; set attachTrigger: false and call functions['confirm-sign-up'] from its own.";
  }
  return nextPostConfirmation !== undefined && !attachTrigger
    ? 'nextPostConfirmation: is called by our trigger, so attachTrigger must not be false.'
    : undefined;
};

// From JavaScript, or from context, where no type asks for it.
const alarms: Check = ({ alarms: settings }) =>
  settings !== undefined && settings.topic === undefined
    ? 'alarms: give the topic that they are sent to, as { topic }.'
    : undefined;
