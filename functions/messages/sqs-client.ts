// As much of it as is needed, which a bundle would not know of an import at run time.
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
