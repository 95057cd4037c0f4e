import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Input } from './fates.ts';

/** One of the writes of a request. */
export interface RequestedWrite {
  readonly action: 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
  readonly pk: string;
  readonly sk: string;
  /** The item of a put. */
  readonly item: Readonly<Record<string, AttributeValue>> | undefined;
  /** The part of the request for this write: table, conditions, expressions. */
  readonly request: Input;
}

const SINGLE = { PutItem: 'Put', UpdateItem: 'Update', DeleteItem: 'Delete' } as const;

/** The writes of a request, in order. None if it only reads. */
export function writesOf(operation: string, input: Input): readonly RequestedWrite[] {
  if (operation === 'TransactWriteItems') {
    return input.TransactItems.map((entry: Record<string, Input>) => {
      const [[action, request]] = Object.entries(entry) as [[RequestedWrite['action'], Input]];
      return requestedWrite(action, request);
    });
  }
  const action = SINGLE[operation as keyof typeof SINGLE];
  return action === undefined ? [] : [requestedWrite(action, input)];
}

function requestedWrite(action: RequestedWrite['action'], request: Input): RequestedWrite {
  const { pk, sk } = request.Key ?? request.Item;
  return { action, pk: pk.S, sk: sk.S, item: request.Item, request };
}
