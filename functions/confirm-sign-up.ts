import type { Context, PostConfirmationTriggerEvent } from 'aws-lambda';
import { signUp } from './core/sign-up.ts';
import { passOn } from './edge/pass-on.ts';
import { services } from './edge/services.ts';
import { triggerHandler } from './edge/trigger-handler.ts';

const giveLink = triggerHandler<PostConfirmationTriggerEvent>(
  'SignUpFailures',
  async ({ triggerSource, request }) => {
    const { userAttributes: attributes, clientMetadata } = request;
    if (triggerSource !== 'PostConfirmation_ConfirmSignUp' || !attributes.sub) return;
    const owner = { userId: attributes.sub, attributes };
    await signUp(services, owner, clientMetadata?.referralSession);
  },
);

/**
 * Cognito's post-confirmation trigger: gives a new user their link. It is called for reset passwords too.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
 */
export const handler = async (event: PostConfirmationTriggerEvent, context: Context) =>
  passOn(await giveLink(event, context));
