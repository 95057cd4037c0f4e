// As much of it as is needed, which a bundle would not know of an import at run time.
export { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
