import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { postConfirmation } from '../functions/triggers.ts';
import type { ReferralsProps } from './props.ts';

/**
 * The name of a deployment, for what CloudFormation does not name. It begins with the name of the stack, which is
 * unique in account and region. Only the deployment knows a nested stack's name, so its parent's counts.
 *
 * @example 'Shop-Referrals'
 */
export function deploymentName(construct: Construct): string {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  const path = construct.node.path.slice(stack.node.path.length);
  const name = `${stack.stackName}${path.replace(/[^A-Za-z0-9]+/g, '-')}`;
  // Other characters become the same hyphen, so then the path itself tells two names apart.
  return /[^A-Za-z0-9/]/.test(path) ? `${name}-${construct.node.addr.slice(-8)}` : name;
}

/**
 * Whether Cognito has to find our trigger by a name that is known before the deployment. A pool in another stack
 * can't refer to the function, because our stack refers to the pool. And a function that ours calls may refer to the
 * pool, too.
 */
export const needsTriggerName = (
  { userPool, nextPostConfirmation }: ReferralsProps,
  stack: Stack,
): boolean =>
  nextPostConfirmation !== undefined || (userPool !== undefined && Stack.of(userPool) !== stack);

/** That name. */
export const triggerNameOf = (deployment: string): string =>
  `${deployment}-${postConfirmation.function}`;
