/**
 * Hands a Cognito event on to the app's own trigger, where there is one, and gives back its answer.
 *
 * @param FunctionName of that trigger; undefined: there is none, and the event is the answer.
 * @throws Error in that trigger's words where it fails; Cognito then treats it as it would without us.
 */
export async function passOn<Event>(
  event: Event,
  FunctionName: string | undefined,
): Promise<Event> {
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
