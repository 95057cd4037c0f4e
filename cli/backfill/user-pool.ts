import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { Refusal, reasonOf, refusalOf } from '../refusal.ts';

// The most that ListUsers gives, see
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
const PAGE_SIZE = 60;

export interface UserPool {
  readonly cognito: CognitoIdentityProviderClient;
  readonly userPoolId: string;
}

export interface User {
  readonly sub: string;
  /** As Cognito has them: `email` and so on, `sub` among them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A page of a pool's users, sorted by what can be done for them. */
export interface UserPage {
  /** Those who can have a link. */
  readonly users: readonly User[];
  /** How many have yet to confirm their sign-up. */
  readonly unconfirmed: number;
  /** How many have no `sub`. */
  readonly withoutSub: number;
  /** Of the next page; undefined at the end. */
  readonly nextToken: string | undefined;
}

/**
 * Lists users of a pool, up to 60.
 *
 * @param token of the page; undefined: the first.
 * @throws RefusedToken where Cognito does not take the token (any more), Refusal otherwise.
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
    throw new RefusedToken(`Cognito refused the token of a page: ${reasonOf(error)}`);
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

/** Cognito does not take a pagination token; they expire. */
export class RefusedToken extends Refusal {}

/**
 * About how many users a pool has; undefined where that can't be found out.
 *
 * @throws Refusal
 */
export async function estimateUsers(pool: UserPool): Promise<number | undefined> {
  const command = new DescribeUserPoolCommand({ UserPoolId: pool.userPoolId });
  try {
    const { UserPool } = await pool.cognito.send(command);
    // Of a pool that is new, Cognito says 0.
    return UserPool?.EstimatedNumberOfUsers || undefined;
  } catch (error) {
    // Whoever may list the users need not be allowed to describe the pool.
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw poolRefusal(error, pool);
  }
}

function poolRefusal(error: unknown, { userPoolId }: UserPool): Refusal {
  const resource = `user pool ${userPoolId}`;
  const subject = { service: 'Cognito', resource, option: '--user-pool-id' } as const;
  return refusalOf(error, subject) ?? new Refusal(`Cognito: ${reasonOf(error)}`);
}
