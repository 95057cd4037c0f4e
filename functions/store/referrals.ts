import { GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { ReferralsError } from '../core/errors.ts';
import type { Referral } from '../core/referral.ts';
import type { Store } from '../core/store.ts';
import type { Table } from './client.ts';
import { claimKey, ownerPartition, referralKey } from './keys.ts';
import { queryItems } from './query.ts';
import { tableShape } from './table-shape.ts';
import { entityOf, newestFirst } from './timeline.ts';
import { transact, type Write } from './transaction.ts';

type ReferralStore = Pick<
  Store,
  | 'findReferral'
  | 'findClaimedReferral'
  | 'createReferral'
  | 'listReferrals'
  | 'allReferrals'
  | 'everyReferral'
>;

async function getItem({ client, name }: Table, Key: { pk: string; sk: string }) {
  const command = new GetCommand({ TableName: name, Key, ConsistentRead: true });
  return (await client.send(command)).Item;
}

/** Finds referrals by their codes. */
export const referralFinder = (table: Table): Pick<Store, 'findReferral'> => ({
  async findReferral(code) {
    const item = await getItem(table, referralKey(code));
    return item && entityOf<Referral>(item);
  },
});

/** Referrals and the claims that make creating them safe to repeat. */
export function referralStore(table: Table): ReferralStore {
  const { client, name } = table;
  const { findReferral } = referralFinder(table);
  const putNew = (item: Record<string, unknown>): Write => ({
    Put: {
      TableName: name,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  });

  return {
    findReferral,

    async findClaimedReferral(claim) {
      const item = await getItem(table, claimKey(claim));
      return item && findReferral(item.code);
    },

    async createReferral(referral, claims) {
      const { code, userId, id } = referral;
      const failed = await transact(table, [
        ...claims.map((claim) => putNew({ ...claimKey(claim), code })),
        putNew({
          ...referralKey(code),
          ...(userId && { gsi1pk: ownerPartition(userId), gsi1sk: id }),
          ...referral,
        }),
      ]);
      if (failed.length === 0) return referral;
      const claimed = failed.find(({ index }) => index < claims.length)?.existing?.code;
      const holder = typeof claimed === 'string' ? await findReferral(claimed) : undefined;
      if (holder !== undefined) return holder;
      throw new ReferralsError('code_taken', `The code ${code} is taken.`, { field: 'code' });
    },

    listReferrals: (userId, page) => newestFirst<Referral>(table, [ownerPartition(userId)], page),

    async allReferrals(userId) {
      const referrals: Referral[] = [];
      const items = queryItems(table, {
        IndexName: tableShape.index.name,
        KeyConditionExpression: 'gsi1pk = :owner',
        ExpressionAttributeValues: { ':owner': ownerPartition(userId) },
        ScanIndexForward: false,
      });
      for await (const item of items) referrals.push(entityOf<Referral>(item));
      return referrals;
    },

    async *everyReferral() {
      const pages = paginateScan(
        { client },
        {
          TableName: name,
          FilterExpression: 'sk = :referral',
          ExpressionAttributeValues: { ':referral': tableShape.sortKeys.referral },
        },
      );
      for await (const { Items = [] } of pages) {
        yield* Items.map((item) => entityOf<Referral>(item));
      }
    },
  };
}
