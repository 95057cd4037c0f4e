import type { PostConfirmationTriggerEvent } from 'aws-lambda';
import { signUp } from './core/sign-up.ts';
import { services } from './edge/services.ts';
import { triggerHandler } from './edge/trigger-handler.ts';

/**
 * Cognito's post-confirmation trigger: gives a new user their link. It is called for reset passwords too.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
 */
export const handler = triggerHandler<PostConfirmationTriggerEvent>(
  'SignUpFailures',
  async ({ triggerSource, request }) => {
    const { sub } = request.userAttributes;
    if (triggerSource !== 'PostConfirmation_ConfirmSignUp' || !sub) return;
    await signUp(services, { userId: sub, session: request.clientMetadata?.referralSession });
  },
);
