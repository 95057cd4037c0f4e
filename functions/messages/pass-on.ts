import { logger } from '../setup/telemetry.ts';

/**
 * Passes a Cognito event on to the app's own trigger, if there is one, and returns its answer.
 *
 * @param FunctionName of that trigger. If undefined, or if it has been deleted, the event is the answer.
 * @throws Error with that trigger's message if it fails. Cognito then treats it as it would without us.
 */
export async function passOn<Event>(
  event: Event,
  FunctionName: string | undefined,
): Promise<Event> {
  if (FunctionName === undefined) return event;
  // Loaded only if it is needed, because few apps have a second trigger.
  const { InvokeCommand, LambdaClient } = await import('./lambda-client.ts');
  const call = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
  const result = await new LambdaClient({ maxAttempts: 1 }).send(call).catch((error: Error) => {
    if (error.name !== 'ResourceNotFoundException') throw error;
    logger.warn('The function of nextPostConfirmation is gone.');
  });
  // A kept pool outlives the app, and so does this function, but not the next one.
  if (result === undefined) return event;
  const { FunctionError, Payload } = result;
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError !== undefined) throw new Error(answer.errorMessage);
  return answer;
}
