import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { postConfirmation } from '../functions/triggers.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import type { Outputs } from './outputs.ts';
import { choosePort } from './port.ts';

/** The code that confirms every sign-up on this machine. */
export const CONFIRMATION_CODE = '123456';

const POOL_NAME = 'referrals';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Makes a client for the emulated Cognito. */
export const cognitoClient = (endpoint: string) =>
  new CognitoIdentityProviderClient({ endpoint, region: 'local', credentials });

/** Starts cognito-local; its post-confirmation trigger invokes our function at the Lambda endpoint. */
export async function startCognito(directory: string, lambdaEndpoint: string): Promise<Emulator> {
  // The issuer in its tokens has the port, so they are valid as long as the port stays.
  const port = await choosePort(directory, 'COGNITO_PORT');
  await mkdir(join(directory, '.cognito'), { recursive: true });
  const config = {
    TriggerFunctions: { PostConfirmation: postConfirmation.function },
    LambdaClient: { endpoint: lambdaEndpoint, region: 'local', credentials },
  };
  await writeFile(join(directory, '.cognito', 'config.json'), JSON.stringify(config));
  return startEmulator({
    name: 'cognito-local',
    command: process.execPath,
    parameters: [createRequire(import.meta.url).resolve('cognito-local/lib/bin/start.js')],
    port,
    directory,
    variables: { HOST: '127.0.0.1', PORT: `${port}`, CODE: CONFIRMATION_CODE },
  });
}

export interface UserPool {
  readonly userPoolId: string;
  readonly userPoolClientId: string;
}

/** Finds the user pool of this machine and its app client. Creates them if they are missing. */
export async function createUserPool(endpoint: string): Promise<UserPool> {
  const cognito = cognitoClient(endpoint);
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }));
  const existing = UserPools.find(({ Name }) => Name === POOL_NAME)?.Id;
  const UserPoolId = existing ?? (await createPool(cognito));
  const { UserPoolClients = [] } = await cognito.send(
    new ListUserPoolClientsCommand({ UserPoolId }),
  );
  const userPoolClientId =
    UserPoolClients[0]?.ClientId ?? (await createClient(cognito, UserPoolId));
  cognito.destroy();
  return { userPoolId: UserPoolId, userPoolClientId };
}

async function createPool(cognito: CognitoIdentityProviderClient): Promise<string> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: POOL_NAME,
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
    }),
  );
  return present(UserPool?.Id);
}

async function createClient(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<string> {
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'app',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  );
  return present(UserPoolClient?.ClientId);
}

/** Where users sign up and in. */
type Pool = Pick<Outputs, 'CognitoEndpoint' | 'UserPoolClientId'>;

/** An account, and what the visitor came with. */
interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly session?: string | undefined;
  /** The code that the visitor typed. */
  readonly code?: string | undefined;
}

/**
 * Signs a user up and confirms the sign-up with the visitor's session and code, as an app does.
 *
 * @returns the user's `sub`.
 */
export async function signUpUser(
  { CognitoEndpoint, UserPoolClientId }: Pool,
  { email, password, session, code }: NewAccount,
): Promise<string> {
  const cognito = cognitoClient(CognitoEndpoint);
  const account = { ClientId: UserPoolClientId, Username: email };
  const { UserSub } = await cognito.send(
    new SignUpCommand({
      ...account,
      Password: password,
      UserAttributes: [{ Name: 'email', Value: email }],
    }),
  );
  await cognito.send(
    new ConfirmSignUpCommand({
      ...account,
      ConfirmationCode: CONFIRMATION_CODE,
      ClientMetadata: {
        ...(session && { referralSession: session }),
        ...(code && { referralCode: code }),
      },
    }),
  );
  cognito.destroy();
  return present(UserSub);
}

/** Signs a user in. */
export async function signInUser(
  { CognitoEndpoint, UserPoolClientId }: Pool,
  { email, password }: { email: string; password: string },
): Promise<{ idToken: string; accessToken: string }> {
  const cognito = cognitoClient(CognitoEndpoint);
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: UserPoolClientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
  cognito.destroy();
  return {
    idToken: present(AuthenticationResult?.IdToken),
    accessToken: present(AuthenticationResult?.AccessToken),
  };
}

function present(value: string | undefined): string {
  if (value === undefined) throw new Error('The answer of cognito-local is incomplete.');
  return value;
}
