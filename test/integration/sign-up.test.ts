import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, inject, test } from 'vitest';
import { CONFIRMATION_CODE, cognitoClient } from '../../local/cognito.ts';
import { call, click, createReferral, PASSWORD, signIn, signUp } from './client.ts';
import { domainOn, newUserId } from './domain.ts';

const outputs = inject('outputs');

/** Invokes the trigger through the Lambda Invoke API, as Cognito does. */
const trigger = async (event: object) => {
  const path = '/2015-03-31/functions/confirm-sign-up/invocations';
  return (await call(outputs, `POST ${path}`, { body: event })).body;
};

const confirmation = (sub: string, clientMetadata?: Record<string, string>) => ({
  version: '1',
  region: 'local',
  userPoolId: outputs.UserPoolId,
  userName: sub,
  callerContext: { awsSdkVersion: '1', clientId: outputs.UserPoolClientId },
  triggerSource: 'PostConfirmation_ConfirmSignUp',
  request: {
    userAttributes: { sub, email: 'someone@example.com' },
    ...(clientMetadata && { clientMetadata }),
  },
  response: {},
});

describe('the post-confirmation function', () => {
  test('gives a new user a link, and returns its event', async () => {
    const { store } = domainOn(outputs);
    const userId = newUserId();
    expect(await trigger(confirmation(userId))).toEqual(confirmation(userId));
    expect(await store.allReferrals(userId)).toEqual([
      expect.objectContaining({ userId, redirectTo: outputs.DefaultRedirectTo }),
    ]);
  });

  test('links the session of clientMetadata.referralSession and records SIGNED_UP', async () => {
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const referee = await signUp(outputs, session);
    const { body } = await call(outputs, `GET /referrals/${code}/responses`, {
      token: owner.token,
    });
    expect(
      body.items.map(({ action, actionDisplay, userId }: Record<string, string>) => [
        action,
        actionDisplay,
        userId,
      ]),
    ).toEqual([
      ['SIGNED_UP', 'Signed up', referee.userId],
      ['RESPONDED', 'Clicked on referral link', referee.userId],
    ]);
  });

  test('gives a user one link and one sign-up, even if it is called many times at once', async () => {
    const { store } = domainOn(outputs);
    const owner = await signUp(outputs);
    const code = await createReferral(outputs, owner);
    const { session } = await click(outputs, code);
    const event = confirmation(newUserId(), { referralSession: session });
    await Promise.all(Array.from({ length: 10 }, () => trigger(event)));
    await trigger(event);
    expect(await store.allReferrals(event.userName)).toHaveLength(1);
    const { body } = await call(outputs, `GET /referrals/${code}/responses`, {
      token: owner.token,
    });
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
      'SIGNED_UP',
      'RESPONDED',
    ]);
  });

  test.each(['', 'garbage', 'x'.repeat(5000), 'user:someone'])(
    'gives the link and ignores the referralSession %j',
    async (referralSession) => {
      const { store } = domainOn(outputs);
      const event = confirmation(newUserId(), { referralSession });
      expect(await trigger(event)).toEqual(event);
      expect(await store.allReferrals(event.userName)).toHaveLength(1);
    },
  );

  test('returns an event unchanged if it is not a sign-up', async () => {
    const { store } = domainOn(outputs);
    const userId = newUserId();
    const foreign = [
      { ...confirmation(userId), triggerSource: 'PostConfirmation_ConfirmForgotPassword' },
      { ...confirmation(userId), request: { userAttributes: {} } },
      { any: 'thing' },
    ];
    for (const event of foreign) expect(await trigger(event)).toEqual(event);
    expect(await store.allReferrals(userId)).toEqual([]);
  });

  test('is refused by the Invoke API if the payload is not JSON', async () => {
    expect(await trigger('nonsense' as never)).toEqual({
      message: 'Could not parse request body into json',
    });
  });

  test('does nothing when a reset password is confirmed', async () => {
    const { store } = domainOn(outputs);
    const user = await signUp(outputs);
    const before = await store.allReferrals(user.userId);
    const cognito = cognitoClient(outputs.CognitoEndpoint);
    const account = { ClientId: outputs.UserPoolClientId, Username: user.email };
    await cognito.send(new ForgotPasswordCommand(account));
    await cognito.send(
      new ConfirmForgotPasswordCommand({
        ...account,
        ConfirmationCode: CONFIRMATION_CODE,
        Password: PASSWORD,
      }),
    );
    cognito.destroy();
    await signIn(outputs, user.email);
    expect(await store.allReferrals(user.userId)).toEqual(before);
  });
});

describe('GET /me/referral', () => {
  test('makes a link, once, for a user that an administrator made', async () => {
    const { store } = domainOn(outputs);
    const email = `${newUserId()}@example.com`;
    const account = { UserPoolId: outputs.UserPoolId, Username: email };
    const cognito = cognitoClient(outputs.CognitoEndpoint);
    const { User } = await cognito.send(
      new AdminCreateUserCommand({
        ...account,
        MessageAction: 'SUPPRESS',
        UserAttributes: [{ Name: 'email', Value: email }],
      }),
    );
    await cognito.send(
      new AdminSetUserPasswordCommand({ ...account, Password: PASSWORD, Permanent: true }),
    );
    cognito.destroy();
    const userId = User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
    const { idToken } = await signIn(outputs, email);
    expect(await store.allReferrals(userId)).toEqual([]);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(outputs, 'GET /me/referral', { token: idToken })),
    );
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(1);
    expect(await store.allReferrals(userId)).toHaveLength(1);
  });
});
