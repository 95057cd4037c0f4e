/** An error that stops the command. Its one line names the option or environment variable to check. */
export class Refusal extends Error {
  constructor(message: string) {
    super(oneLine(message));
    this.name = 'Refusal';
  }
}

/** The service and the resource of a failed call. */
export interface Subject {
  readonly service: keyof typeof ENDPOINT_VARIABLES;
  /** Such as `user pool eu-central-1_Ab1`. */
  readonly resource: string;
  /** The option that names it. */
  readonly option: string;
}

const CREDENTIALS = [
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
];
const DENIED = ['AccessDenied', 'AccessDeniedException', 'NotAuthorizedException'];
const NOT_FOUND = ['ResourceNotFoundException', 'QueueDoesNotExist'];
const INVALID = ['InvalidAddress', 'InvalidParameterException', 'ValidationException'];
const NETWORK = [
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
];
const ENDPOINT_VARIABLES = {
  Cognito: 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
  DynamoDB: 'AWS_ENDPOINT_URL_DYNAMODB',
  'DynamoDB Streams': 'AWS_ENDPOINT_URL_DYNAMODB_STREAMS',
  Lambda: 'AWS_ENDPOINT_URL_LAMBDA',
  SQS: 'AWS_ENDPOINT_URL_SQS',
};

/**
 * Recognises an error that would hit every other call, too: missing credentials, a missing pool, table or
 * queue, denied access, an unreachable service.
 *
 * @returns undefined if the error may concern only this call, such as throttling.
 * @example refusalOf(error, { service: 'DynamoDB', resource: 'table referrals', option: '--table-name' })
 */
export function refusalOf(error: unknown, subject: Subject): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const { name, code } = rootOf(error);
  const { service, resource, option } = subject;
  const reason = reasonOf(error);
  if (reason === 'Region is missing') return new Refusal('AWS_REGION is not set.');
  if (CREDENTIALS.includes(name)) {
    return new Refusal(
      `AWS credentials (AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY): ${reason}`,
    );
  }
  if (DENIED.includes(name)) {
    return new Refusal(`The AWS credentials (AWS_PROFILE) may not do this: ${reason}`);
  }
  if (NOT_FOUND.includes(name)) {
    return new Refusal(
      `${option}: there is no ${resource} in this region (AWS_REGION) and account.`,
    );
  }
  if (INVALID.includes(name)) {
    return new Refusal(`${option}: ${reason}`);
  }
  if (name === 'TimeoutError' || NETWORK.includes(code)) {
    return new Refusal(
      `${service} can't be reached (AWS_REGION, ${ENDPOINT_VARIABLES[service]}, AWS_ENDPOINT_URL): ${reason}`,
    );
  }
  return undefined;
}

/** The reason of an error, in one line. */
export function reasonOf(error: unknown): string {
  const { name, code, message } = rootOf(error);
  return oneLine(message || code || name);
}

/** The cause, if core or the store wrapped the error. */
function rootOf(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', code: '', message: String(error) };
  if (error.name === 'ReferralsError' && error.cause !== undefined) return rootOf(error.cause);
  const { name, message, code } = error as NodeJS.ErrnoException;
  return { name, message, code: code ?? '' };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
