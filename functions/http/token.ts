import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError, JwtInvalidAudienceError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { ReferralsError } from '../core/errors.ts';
import { environment as env } from '../environment.ts';

const JWKS_TIMEOUT = 1_500;

const clientIds = (process.env[env.tokenClientIds] ?? '').split(',');

const issuer = process.env[env.tokenIssuer] ?? '';
// Where the SDK is told of an emulator, its keys are there too, and not at the issuer's address.
const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER } = process.env;
const emulator = AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER ?? AWS_ENDPOINT_URL;

const verifier = JwtVerifier.create(
  {
    issuer,
    ...(emulator && { jwksUri: `${emulator}${new URL(issuer).pathname}/.well-known/jwks.json` }),
    audience: null,
    customJwtCheck: ({ payload }) => {
      // An id token names the app client as `aud`, an access token as `client_id`, see
      // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
      const clientId = payload.aud ?? payload.client_id;
      if (typeof clientId !== 'string' || !clientIds.includes(clientId)) {
        throw new JwtInvalidAudienceError('Not one of our clients.', clientId, clientIds);
      }
    },
  },
  {
    jwksCache: new SimpleJwksCache({
      fetcher: {
        fetch: fetchKeys,
      },
    }),
  },
);

/** Fails as the library's own fetcher does, so that it is told apart from a token that is not valid. */
async function fetchKeys(uri: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(uri, { signal: AbortSignal.timeout(JWKS_TIMEOUT) });
    if (!response.ok) throw new Error(`It answered ${response.status}.`);
    return await response.arrayBuffer();
  } catch (error) {
    throw new FetchError(uri, error instanceof Error ? error.message : undefined);
  }
}

/**
 * The claims of the token in an `Authorization: Bearer` header, as the gateway's authorizer reads them.
 *
 * @returns undefined where there is no such header.
 * @throws ReferralsError `unauthorized` where the token is not valid, `unavailable` where the user pool's
 *   keys can't be fetched.
 */
export async function verifiedClaims(
  authorization: string | undefined,
): Promise<JwtPayload | undefined> {
  if (authorization === undefined) return undefined;
  try {
    return await verifier.verify(authorization.replace(/^Bearer\s+/i, ''));
  } catch (error) {
    if (error instanceof FetchError) {
      throw new ReferralsError('unavailable', 'Tokens cannot be verified at the moment.', {
        cause: error,
      });
    }
    if (!(error instanceof JwtBaseError)) throw error;
    throw new ReferralsError('unauthorized', 'The token is not valid, or no longer.', {
      field: 'Authorization',
      cause: error,
    });
  }
}
