import type { Input } from './fates.ts';

/** Whether an operation changes anything. */
export const isWrite = (operation: string): boolean =>
  /^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(operation);

/** A request as IAM sees it: the action for each item, and the prefix of its partition key. */
export function accessesOf(operation: string, input: Input): string[] {
  const prefix = ({ S: key = '' }) => key.replace(/#.*/, '#');
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return input.TransactItems.flatMap((entry: Record<string, unknown>) =>
        Object.entries(entry).flatMap(([action, inner]) => accessesOf(`${action}Item`, inner)),
      );
    case 'Query': {
      // All our key conditions begin with the partition key.
      const [, value = ''] = /= (:\w+)/.exec(input.KeyConditionExpression) ?? [];
      const action = input.IndexName === undefined ? 'Query' : 'QueryIndex';
      return [`${action} ${prefix(input.ExpressionAttributeValues[value])}`];
    }
    case 'ExecuteStatement': {
      const onIndex = /FROM "[^"]+"\."/.test(input.Statement) ? 'Index' : '';
      const partitions = /IN \[([^\]]*)\]/.exec(input.Statement)?.[1]?.split(',') ?? [];
      return input.Parameters.slice(0, partitions.length).map(
        (key: { S?: string }) => `PartiQLSelect${onIndex} ${prefix(key)}`,
      );
    }
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
    case 'ConditionCheckItem':
      return [`${operation} ${prefix((input.Key ?? input.Item).pk)}`];
    default:
      return [];
  }
}
