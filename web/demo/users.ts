/** The user pool of the app. */
export interface Pool {
  /** Address of Cognito. */
  readonly endpoint: string;
  readonly clientId: string;
}

/** Registers a user. Cognito sends them a code then. */
export const signUp = (pool: Pool, email: string, password: string): Promise<unknown> =>
  callCognito(pool, 'SignUp', {
    Username: email,
    Password: password,
    UserAttributes: [{ Name: 'email', Value: email }],
  });

/**
 * Confirms a sign-up with the code.
 *
 * @param session the visitor's, so that the sign-up is credited to the link that brought them.
 */
export const confirmSignUp = (
  pool: Pool,
  email: string,
  code: string,
  session: string | null | undefined,
): Promise<unknown> =>
  callCognito(pool, 'ConfirmSignUp', {
    Username: email,
    ConfirmationCode: code,
    ClientMetadata: session ? { referralSession: session } : {},
  });

/** Signs a user in. Returns their id token. */
export async function signIn(pool: Pool, email: string, password: string): Promise<string> {
  const { AuthenticationResult } = await callCognito(pool, 'InitiateAuth', {
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  return AuthenticationResult.IdToken;
}

// A real app has a library for this, such as aws-amplify.
async function callCognito({ endpoint, clientId }: Pool, operation: string, input: object) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: clientId, ...input }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}
