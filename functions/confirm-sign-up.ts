import type { Context, PostConfirmationTriggerEvent } from 'aws-lambda';
import { passOn } from './messages/pass-on.ts';
import { sendMessage } from './messages/queue.ts';
import type { SignUpMessage } from './messages/queue-messages.ts';
import { triggerHandler } from './messages/trigger-handler.ts';
import { welcome } from './messages/welcome.ts';
import { services as allServices, type ServicesFor } from './setup/services.ts';
import { logger } from './setup/telemetry.ts';
import type { postConfirmation } from './triggers.ts';

const services: ServicesFor<typeof postConfirmation> = allServices;
const { signUpQueueUrl, nextPostConfirmation } = services.settings;

const giveLink = triggerHandler<PostConfirmationTriggerEvent>('SignUpFailures', {
  handle: async (event) => {
    const message = readSignUp(event);
    if (message) await welcome(services, message);
  },
  retry: async (event) => {
    const message = readSignUp(event);
    if (message === undefined || signUpQueueUrl === undefined) return;
    // Only that hook needs the user's data. They have no place in a queue without it.
    const { attributes } = services.hooks.generateCode ? message : { attributes: {} };
    await sendMessage(signUpQueueUrl, { ...message, attributes });
  },
});

/**
 * Cognito's post-confirmation trigger: gives a new user their link.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html
 */
export const handler = async (event: PostConfirmationTriggerEvent, context: Context) =>
  passOn(await giveLink(event, context), nextPostConfirmation);

/** Undefined if the event is not a sign-up: Cognito also calls the trigger for password resets. */
function readSignUp(event: PostConfirmationTriggerEvent): SignUpMessage | undefined {
  const { triggerSource, request } = event;
  const { userAttributes: attributes, clientMetadata } = request ?? {};
  if (triggerSource !== 'PostConfirmation_ConfirmSignUp' || !attributes?.sub) {
    logger.info('The event is not a sign-up and is returned unchanged.', { triggerSource });
    return undefined;
  }
  const { referralSession: session, referralCode: code } = clientMetadata ?? {};
  return {
    userId: attributes.sub,
    attributes,
    signedUpAt: services.now().toISOString(),
    ...(session && { session }),
    ...(code && { code }),
  };
}
