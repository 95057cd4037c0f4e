/**
 * Passes a Cognito event on to the app's own trigger, if there is one, and returns its answer.
 *
 * @param FunctionName of that trigger. If undefined, there is none, and the event is the answer.
 * @throws Error with that trigger's message if it fails. Cognito then treats it as it would without us.
 */
export async function passOn<Event>(
  event: Event,
  FunctionName: string | undefined,
): Promise<Event> {
  if (FunctionName === undefined) return event;
  // Loaded only if it is needed, because few apps have a second trigger.
  const { InvokeCommand, LambdaClient } = await import('./lambda-client.ts');
  const { FunctionError, Payload } = await new LambdaClient({ maxAttempts: 1 }).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError !== undefined) throw new Error(answer.errorMessage);
  return answer;
}
