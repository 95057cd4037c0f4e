// Only the needed exports, because a bundle would not know them from an import at run time.
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
