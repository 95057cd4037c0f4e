import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './client.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A write whose condition failed, with the existing item. */
export interface FailedCondition {
  /** Position among the transaction's writes. */
  readonly index: number;
  readonly existing: Record<string, unknown> | undefined;
}

/**
 * Writes all or nothing.
 *
 * @returns the failed conditions; none if everything was written.
 */
export async function transact(
  { client }: Table,
  writes: Write[],
): Promise<readonly FailedCondition[]> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: writes }));
    return [];
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const failed = (error.CancellationReasons ?? []).flatMap(({ Code, Item }, index) =>
      Code === 'ConditionalCheckFailed' ? [{ index, existing: Item && unmarshall(Item) }] : [],
    );
    if (failed.length === 0) throw error;
    return failed;
  }
}
