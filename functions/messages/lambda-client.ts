// Only the needed exports, because a bundle would not know them from an import at run time.
export { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
