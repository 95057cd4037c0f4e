import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

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
  return `${stack.stackName}${path.replace(/[^A-Za-z0-9]+/g, '-')}`;
}
