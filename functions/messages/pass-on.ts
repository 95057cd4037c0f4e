import { environment as env } from '../environment.ts';

/**
 * Hands a Cognito event on to the host app's own trigger, where there is one, and gives back its answer.
 *
 * @throws Error in that trigger's words where it fails; Cognito then treats it as it would without us.
 */
export async function passOn<Event>(event: Event): Promise<Event> {
  const FunctionName = process.env[env.nextPostConfirmation];
  if (FunctionName === undefined) return event;
  // Loaded only where it is needed: few have a second trigger.
  const { InvokeCommand, LambdaClient } = await import('./lambda-client.ts');
  const { FunctionError, Payload } = await new LambdaClient({ maxAttempts: 1 }).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError !== undefined) throw new Error(answer.errorMessage);
  return answer;
}
