import { domainToASCII } from 'node:url';
import { type Duration, Stack, Token } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { needsTriggerName, triggerNameOf } from './deployment-name.ts';
import type { ReferralsProps } from './props.ts';

const MIN_ALPHABET = 16;
const MIN_CODE = 6;
const MAX_CODE = 64;
const MAX_ACTION = 128;
/** Days. */
const MIN_RETENTION = 30;
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/;
/** Valid names of cookies, see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 */
const COOKIE_NAME = /^[!#$%&'*+.^`|~\w-]+$/;

type Check = (props: ReferralsProps, stack: Stack, name: string) => string | undefined;

/**
 * Checks the props before anything is deployed, in ways that types can't.
 *
 * @throws Error in one sentence that says how to correct the prop.
 */
export function validate(props: ReferralsProps, stack: Stack, deployment: string): void {
  const checks = [
    appUrl,
    redirects,
    domain,
    session,
    durations,
    links,
    codes,
    actions,
    events,
    throttles,
    users,
    alarms,
    table,
    name,
  ];
  for (const check of checks) {
    const problem = check(props, stack, deployment);
    if (problem !== undefined) throw new Error(problem);
  }
}

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;
const isWebUrl = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);
/** A host as browsers write it: in lower case, and in punycode if it has other letters than a to z. */
function normalHost(text: string): string | undefined {
  const [, name = '', port = ''] = /^([^/:@?#\s]+)(:\d+)?$/.exec(text) ?? [];
  const host = `${domainToASCII(name)}${port}`;
  return HOST.test(host) ? host : undefined;
}
const isWithin = (host: string, name: string) => host === name || host.endsWith(`.${name}`);

const appUrl: Check = ({ appUrl: url }) => {
  if (Token.isUnresolved(url) || (url?.startsWith('https://') && isOrigin(url))) return undefined;
  return `appUrl: "${url}" must be the app's https origin without a path, such as https://app.example.com.`;
};

const redirects: Check = ({ defaultRedirectTo, allowedRedirectHosts = [], redirectParameter }) => {
  if (defaultRedirectTo !== undefined && !isWebUrl(defaultRedirectTo)) {
    return `defaultRedirectTo: "${defaultRedirectTo}" must be an absolute URL, such as https://app.example.com/welcome.`;
  }
  const wrong = allowedRedirectHosts.find((host) => normalHost(host) !== host);
  if (wrong !== undefined) {
    const right = normalHost(wrong);
    return right === undefined
      ? `allowedRedirectHosts: "${wrong}" must be a host without scheme or path, such as shop.example.com.`
      : `allowedRedirectHosts: write "${right}" instead of "${wrong}".`;
  }
  return redirectParameter === ''
    ? 'redirectParameter: must not be empty; omit it instead.'
    : undefined;
};

const domain: Check = ({ domain: own, publicUrl, originSecret }) => {
  if (originSecret !== undefined && publicUrl === undefined) {
    return 'originSecret: give publicUrl too, the origin of the CDN that knows it.';
  }
  if (publicUrl !== undefined) {
    if (own !== undefined) return 'publicUrl: it replaces domain; give one of them.';
    if (
      !Token.isUnresolved(publicUrl) &&
      !(publicUrl.startsWith('https://') && isOrigin(publicUrl))
    ) {
      return `publicUrl: "${publicUrl}" must be an https origin without a path, such as https://go.example.com.`;
    }
  }
  if (own === undefined || Token.isUnresolved(own.name)) return undefined;
  const right = normalHost(own.name);
  if (right === own.name) return undefined;
  return right === undefined
    ? `domain.name: "${own.name}" must be a host in lower case, such as go.example.com.`
    : `domain.name: write "${right}" instead of "${own.name}".`;
};

const session: Check = ({ appUrl: url, session: settings, domain: own, publicUrl }) => {
  const { cookieName = 'x', domain: shared } = settings ?? {};
  if (!COOKIE_NAME.test(cookieName)) {
    return `session.cookieName: "${cookieName}" must contain only letters, digits and characters that a cookie name allows.`;
  }
  if (shared === undefined || Token.isUnresolved(url)) return undefined;
  const name = shared.replace(/^\./, '');
  const { hostname } = new URL(url);
  if (!name.includes('.') || !isWithin(hostname, name)) {
    return `session.domain: "${shared}" must contain the app's host ${hostname}, or the app never sees the cookie.`;
  }
  if (own === undefined && publicUrl === undefined) {
    return 'session.domain: set domain or publicUrl as well, because browsers refuse a cookie for a domain that the API is not on.';
  }
  const host = own?.name ?? publicUrl ?? '';
  if (Token.isUnresolved(host)) return undefined;
  const ownHost = own?.name ?? new URL(host).hostname;
  return isWithin(ownHost, name)
    ? undefined
    : `session.domain: "${shared}" must contain the links' host ${ownHost}, or browsers refuse the cookie.`;
};

const durations: Check = ({ session: settings, attribution, retention }) => {
  const isNone = (duration: Duration | undefined) => duration?.toMilliseconds() === 0;
  if (isNone(settings?.maxAge)) return 'session.maxAge: must be more than 0.';
  if (isNone(attribution?.window)) return 'attribution.window: must be more than 0.';
  return retention !== undefined && retention.toDays({ integral: false }) < MIN_RETENTION
    ? `retention: must be at least ${MIN_RETENTION} days, because attribution needs the responses.`
    : undefined;
};

const links: Check = ({ maxReferralsPerUser: limit = 1 }) =>
  Number.isInteger(limit) && limit >= 1
    ? undefined
    : `maxReferralsPerUser: ${limit} must be a whole number, at least 1.`;

const codes: Check = ({ code: { length = 10, alphabet, ignoreCase } = {} }) => {
  if (!Number.isInteger(length) || length < MIN_CODE || length > MAX_CODE) {
    return `code.length: ${length} must be a whole number from ${MIN_CODE} to ${MAX_CODE}.`;
  }
  if (ignoreCase && (alphabet === undefined || /[A-Z]/.test(alphabet))) {
    return 'code.ignoreCase: set code.alphabet to characters without capital letters, such as 23456789abcdefghjkmnpqrstuvwxyz.';
  }
  if (alphabet === undefined) return undefined;
  if (!/^[A-Za-z0-9_-]+$/.test(alphabet)) {
    return 'code.alphabet: must contain only letters, digits, - and _.';
  }
  return new Set(alphabet).size === alphabet.length && alphabet.length >= MIN_ALPHABET
    ? undefined
    : `code.alphabet: must have at least ${MIN_ALPHABET} different characters, each once.`;
};

const actions: Check = ({ pageActions = [] }) => {
  const wrong = pageActions.find((name) => name.trim() === '' || name.length > MAX_ACTION);
  if (wrong !== undefined) {
    return `pageActions: "${wrong}" must be the name of an action, 1 to ${MAX_ACTION} characters.`;
  }
  const reserved = pageActions.find((name) => name === 'RESPONDED' || name === 'SIGNED_UP');
  return reserved === undefined
    ? undefined
    : `pageActions: ${reserved} is recorded by the service itself; omit it.`;
};

/** Seconds, see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
const MAX_BATCHING_WINDOW = 300;

const events: Check = ({ events: { clicks = 'none', maxBatchingWindow } = {} }) => {
  // JavaScript has no type that refuses other words.
  if (!['all', 'human', 'none'].includes(clicks)) {
    return `events.clicks: "${clicks}" must be all, human or none.`;
  }
  const seconds = maxBatchingWindow?.toSeconds({ integral: false }) ?? 0;
  return Number.isInteger(seconds) && seconds <= MAX_BATCHING_WINDOW
    ? undefined
    : `events.maxBatchingWindow: must be whole seconds, at most ${MAX_BATCHING_WINDOW}.`;
};

const throttles: Check = ({ throttle = {} }) => {
  for (const [group, limits] of Object.entries(throttle)) {
    if (limits !== undefined && !(limits.rate > 0 && limits.burst > 0)) {
      return `throttle.${group}: rate and burst must be more than 0.`;
    }
  }
  return undefined;
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const MAX_FUNCTION_NAME = 64;

const users: Check = (props, stack, deployment) => {
  const { userPool, userPoolClients, userPoolSettings, nextPostConfirmation } = props;
  const { attachTrigger = true } = props;
  if ((userPool === undefined) !== (userPoolClients === undefined)) {
    return 'userPool and userPoolClients: give both, or neither for a new user pool.';
  }
  if (userPool !== undefined && userPoolSettings !== undefined) {
    return 'userPoolSettings: they are for a new pool; omit them or userPool.';
  }
  if (userPoolClients?.length === 0) return 'userPoolClients: give at least one app client.';
  if (userPool !== undefined && attachTrigger) {
    if (!(userPool instanceof UserPool)) {
      return "userPool: it was made elsewhere, so no trigger can be attached; set attachTrigger: false and call functions['confirm-sign-up'] from its own trigger.";
    }
    const { account, region } = Stack.of(userPool);
    if (account !== stack.account || region !== stack.region) {
      return 'userPool: its stack has another account or region, where Cognito finds no function of this one; set attachTrigger: false.';
    }
  }
  if (needsTriggerName(props, stack)) {
    const trigger = triggerNameOf(deployment);
    if (trigger.length > MAX_FUNCTION_NAME) {
      return `id: the trigger's name ${trigger} has ${trigger.length} characters, and Lambda takes ${MAX_FUNCTION_NAME}; shorten the ids of stack and construct.`;
    }
  }
  return nextPostConfirmation !== undefined && !attachTrigger
    ? 'nextPostConfirmation: our trigger calls it, so attachTrigger must not be false.'
    : undefined;
};

const alarms: Check = ({ alarms: settings }) => {
  if (settings === undefined) return undefined;
  const { topic, requestsPerHour = 1 } = settings;
  // JavaScript and context have no type that requires a topic.
  if (topic === undefined) return 'alarms: give the topic for the alarms, as { topic }.';
  if (!(requestsPerHour > 0)) return 'alarms.requestsPerHour: must be more than 0.';
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
  return topic instanceof Topic && keyOf(topic).includes(AWS_KEY)
    ? `alarms.topic: CloudWatch can't use the key ${AWS_KEY}; encrypt the topic with a key of your own that lets cloudwatch.amazonaws.com use it.`
    : undefined;
};

const AWS_KEY = 'alias/aws/sns';

/** What the template says of a topic's key, as text. */
const keyOf = (topic: Topic): string => {
  const { kmsMasterKeyId } = topic.node.defaultChild as CfnTopic;
  return JSON.stringify(Stack.of(topic).resolve(kmsMasterKeyId) ?? '');
};

/**
 * What an on-demand table can be warmed up to at least, see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
 */
const MIN_WARM = { readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4_000 };

const table: Check = ({ existingTable, table: settings }) => {
  if (existingTable !== undefined) {
    if (settings !== undefined)
      return 'table: its settings are for a new table; omit them or existingTable.';
    if (existingTable.tableStreamArn === undefined) {
      return 'existingTable: give its tableStreamArn too; its stream must be on, with new and old images.';
    }
  }
  const { warmThroughput = {} } = settings ?? {};
  for (const [unit, least] of Object.entries(MIN_WARM)) {
    const wanted = warmThroughput[unit as keyof typeof MIN_WARM];
    if (wanted !== undefined && wanted < least) {
      return `table.warmThroughput.${unit}: ${wanted} must be at least ${least}, which every table has.`;
    }
  }
  return undefined;
};

/** The name of an alarm has at most 255 characters, and the longest of ours adds 60. */
const MAX_NAME = 190;

const name: Check = (_props, _stack, deployment) =>
  Token.isUnresolved(deployment) || deployment.length <= MAX_NAME
    ? undefined
    : `id: names in AWS are made of those of the stack and the construct, which have ${deployment.length} characters together; shorten them to ${MAX_NAME}.`;
