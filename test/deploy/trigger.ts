import { randomUUID } from 'node:crypto';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { PostConfirmationConfirmSignUpTriggerEvent } from 'aws-lambda';
import { expect } from 'vitest';
import { signInUser, signUpUser } from '../../local/cognito.ts';
import type { Outputs } from '../../local/outputs.ts';
import { PASSWORD, type User } from '../integration/client.ts';

export interface SignUp {
  readonly userId: string;
  readonly email: string;
  /** The session in the client metadata. */
  readonly session?: string | undefined;
}

/**
 * Invokes the user pool's post-confirmation function with the event that Cognito sends. Cognito does this
 * itself. MiniStack keeps the triggers of a pool, but calls none after a confirmation.
 *
 * @returns the event and the answer of the function.
 */
export async function invokePostConfirmation(
  { UserPoolId, UserPoolClientId }: Outputs,
  { userId, email, session }: SignUp,
): Promise<{ event: object; answer: object }> {
  const cognito = new CognitoIdentityProviderClient();
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  cognito.destroy();
  // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
  const event: PostConfirmationConfirmSignUpTriggerEvent = {
    version: '1',
    region: 'us-east-1',
    userPoolId: UserPoolId,
    userName: userId,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: UserPoolClientId },
    triggerSource: 'PostConfirmation_ConfirmSignUp',
    request: {
      userAttributes: {
        sub: userId,
        email,
        email_verified: 'true',
        'cognito:email_alias': email,
        'cognito:user_status': 'CONFIRMED',
      },
      ...(session && { clientMetadata: { referralSession: session } }),
    },
    response: {},
  };
  const lambda = new LambdaClient();
  const { Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: UserPool?.LambdaConfig?.PostConfirmation,
      Payload: JSON.stringify(event),
    }),
  );
  lambda.destroy();
  return { event, answer: JSON.parse(Payload?.transformToString() ?? '') };
}

/** Signs a user up with their session, calls the trigger, and signs them in. */
export async function signUp(outputs: Outputs, session?: string): Promise<User> {
  const email = `${randomUUID()}@example.com`;
  const userId = await signUpUser(outputs, { email, password: PASSWORD, session });
  const { event, answer } = await invokePostConfirmation(outputs, { userId, email, session });
  expect(answer).toEqual(event);
  const { idToken } = await signInUser(outputs, { email, password: PASSWORD });
  return { email, userId, token: idToken };
}
