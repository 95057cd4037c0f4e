import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { Refusal, reasonOf, refusalOf } from '../refusal.ts';

// The maximum of ListUsers, see
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
const PAGE_SIZE = 60;

export interface UserPool {
  readonly cognito: CognitoIdentityProviderClient;
  readonly userPoolId: string;
}

export interface User {
  readonly sub: string;
  /** Attributes in Cognito: `email` and so on, including `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A page of a pool's users. */
export interface UserPage {
  /** Users who can have a link. */
  readonly users: readonly User[];
  /** Number of users with an unconfirmed sign-up. */
  readonly unconfirmed: number;
  /** Number of other users without a `sub`. */
  readonly withoutSub: number;
  /** Token of the next page; undefined at the end. */
  readonly nextToken: string | undefined;
}

/**
 * Lists up to 60 users of a pool.
 *
 * @param token of the page; undefined for the first page.
 * @throws RefusedToken if Cognito does not accept the token (any more), Refusal otherwise.
 */
export async function listUsers(pool: UserPool, token: string | undefined): Promise<UserPage> {
  const command = new ListUsersCommand({
    UserPoolId: pool.userPoolId,
    Limit: PAGE_SIZE,
    PaginationToken: token,
  });
  const { Users = [], PaginationToken } = await pool.cognito.send(command).catch((error) => {
    const isTokenRefused = token !== undefined && error.name === 'InvalidParameterException';
    if (!isTokenRefused) throw poolRefusal(error, pool);
    throw new RefusedToken(`Cognito refused the page token: ${reasonOf(error)}`);
  });
  const confirmed = Users.filter(({ UserStatus }) => UserStatus !== 'UNCONFIRMED');
  const users = confirmed.flatMap(({ Attributes = [] }) => {
    const attributes = Object.fromEntries(Attributes.map(({ Name, Value = '' }) => [Name, Value]));
    return attributes.sub ? [{ sub: attributes.sub, attributes }] : [];
  });
  return {
    users,
    unconfirmed: Users.length - confirmed.length,
    withoutSub: confirmed.length - users.length,
    nextToken: PaginationToken,
  };
}

/** Cognito does not accept a pagination token. Tokens expire. */
export class RefusedToken extends Refusal {}

/**
 * Estimates the number of users of a pool; undefined if it is not known.
 *
 * @throws Refusal
 */
export async function estimateUsers(pool: UserPool): Promise<number | undefined> {
  const command = new DescribeUserPoolCommand({ UserPoolId: pool.userPoolId });
  try {
    const { UserPool } = await pool.cognito.send(command);
    // Cognito says 0 for a new pool.
    return UserPool?.EstimatedNumberOfUsers || undefined;
  } catch (error) {
    // Credentials may list users without the right to describe the pool.
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw poolRefusal(error, pool);
  }
}

function poolRefusal(error: unknown, { userPoolId }: UserPool): Refusal {
  const resource = `user pool ${userPoolId}`;
  const subject = { service: 'Cognito', resource, option: '--user-pool-id' } as const;
  return refusalOf(error, subject) ?? new Refusal(`Cognito: ${reasonOf(error)}`);
}
