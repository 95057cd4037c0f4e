import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError, JwtInvalidAudienceError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { ReferralsError } from '../core/errors.ts';
import type { TokenSettings } from '../setup/settings.ts';

const JWKS_TIMEOUT = 1_500;

/**
 * Reads the claims of the token in an `Authorization: Bearer` header, as the gateway's authorizer does.
 *
 * @returns undefined if there is no such header.
 * @throws ReferralsError `unauthorized` if the token is not valid, `unavailable` if the user pool's keys
 *   can't be fetched.
 */
export type TokenVerifier = (authorization: string | undefined) => Promise<JwtPayload | undefined>;

/**
 * Makes a verifier for tokens of a user pool's clients.
 *
 * @throws Error if there are no settings.
 */
export function tokenVerifier(settings: TokenSettings | undefined): TokenVerifier {
  if (settings === undefined) throw new Error('TOKEN_ISSUER is not set.');
  const { issuer, clientIds, keysEndpoint } = settings;
  const verifier = JwtVerifier.create(
    {
      issuer,
      ...(keysEndpoint && {
        jwksUri: `${keysEndpoint}${new URL(issuer).pathname}/.well-known/jwks.json`,
      }),
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
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) },
  );
  return async (authorization) => {
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
      throw new ReferralsError('unauthorized', 'The token is not valid or has expired.', {
        field: 'Authorization',
        cause: error,
      });
    }
  };
}

/** Throws the same error as the library's own fetcher, so that it is not taken for an invalid token. */
async function fetchKeys(uri: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(uri, { signal: AbortSignal.timeout(JWKS_TIMEOUT) });
    if (!response.ok) throw new Error(`It answered ${response.status}.`);
    return await response.arrayBuffer();
  } catch (error) {
    throw new FetchError(uri, error instanceof Error ? error.message : undefined);
  }
}
