import { Amplify } from 'aws-amplify';
import { confirmSignUp, fetchAuthSession, signIn, signUp } from 'aws-amplify/auth';
import { createReferrals } from '../../web/client/index.ts';
import type { Referrals } from '../../web/snippet/snippet.ts';

declare const referrals: Referrals;

/** The places that the page of an app knows. */
interface Places {
  readonly apiUrl: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly userPoolEndpoint: string;
}

/** Signs a user up and in as an app with aws-amplify does. Returns the user's id, and the address of their link. */
async function register({ apiUrl, ...pool }: Places, email: string, password: string) {
  Amplify.configure({ Auth: { Cognito: pool } });
  const account = { username: email, password };
  await signUp({ ...account, options: { userAttributes: { email } } });
  const referralSession = await referrals.session();
  await confirmSignUp({
    username: email,
    confirmationCode: '123456',
    options: { clientMetadata: referralSession === null ? {} : { referralSession } },
  });
  // The emulator knows no other flow.
  await signIn({ ...account, options: { authFlowType: 'USER_PASSWORD_AUTH' } });
  const { userSub } = await fetchAuthSession();
  const api = createReferrals({
    apiUrl,
    token: async () => (await fetchAuthSession()).tokens?.idToken?.toString(),
  });
  return { userId: userSub, link: (await api.mine()).url };
}

Object.assign(window, { register });
