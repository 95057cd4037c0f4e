import type { Input } from './fates.ts';
import type { Rewrite } from './proxy.ts';
import { type RequestedWrite, writesOf } from './writes.ts';

// Replaces the condition of a condition check, which can't do without one.
const ALWAYS = 'attribute_exists(pk) OR attribute_not_exists(pk)';

/**
 * Takes the condition off the writes that match. A test can show with it that a promise breaks without the
 * guard.
 *
 * @example proxy.rewrite = withoutCondition(({ action, sk }) => action === 'Delete' && sk.startsWith('OPEN#'));
 */
export function withoutCondition(matches: (write: RequestedWrite) => boolean): Rewrite {
  const strip = (write: RequestedWrite) => (matches(write) ? stripped(write) : write.request);
  return (operation, input) => {
    const writes = writesOf(operation, input);
    if (!writes.some(matches)) return input;
    if (operation !== 'TransactWriteItems') return strip(writes[0] as RequestedWrite);
    return { ...input, TransactItems: writes.map((write) => ({ [write.action]: strip(write) })) };
  };
}

function stripped({ action, request }: RequestedWrite): Input {
  const { ConditionExpression, ReturnValuesOnConditionCheckFailure, ...rest } = request;
  const { ExpressionAttributeNames, ExpressionAttributeValues, ...write } = rest;
  // DynamoDB refuses names and values that no expression uses, and empty lists of them.
  const used = new Set<string>(write.UpdateExpression?.match(/[#:]\w+/g));
  const names = onlyUsed(ExpressionAttributeNames, used);
  const values = onlyUsed(ExpressionAttributeValues, used);
  return {
    ...write,
    ...(action === 'ConditionCheck' && { ConditionExpression: ALWAYS }),
    ...(names && { ExpressionAttributeNames: names }),
    ...(values && { ExpressionAttributeValues: values }),
  };
}

function onlyUsed(placeholders: object = {}, used: ReadonlySet<string>): object | undefined {
  const entries = Object.entries(placeholders).filter(([placeholder]) => used.has(placeholder));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
