import { paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Referral } from '../core/referral.ts';
import type {
  Claim,
  CodeAllowance,
  ReferralAllowance,
  ReferralOutcome,
  Store,
} from '../core/store.ts';
import type { Table } from './client.ts';
import {
  claimKey,
  codeChoicesKey,
  createdReferralsKey,
  ownerPartition,
  referralKey,
} from './keys.ts';
import { getItem, queryItems } from './query.ts';
import { referralFinder } from './referral-finder.ts';
import { tableShape } from './table-shape.ts';
import { entityOf, newestFirst } from './timeline.ts';
import { transact, type Write } from './transaction.ts';

/** Attributes that an edit may change. The number of buckets is not among them, because clicks change it. */
const editable = [
  'redirectTo',
  'label',
  'target',
  'expiresAt',
  'disabledAt',
  'alias',
  'version',
] as const satisfies readonly (keyof Referral)[];

/** Seconds from the start of a day. The number of choices on that day must be known until its end. */
const CHOICES_LIFETIME = 2 * 24 * 60 * 60;

type ReferralStore = Pick<
  Store,
  | 'findReferral'
  | 'readClaim'
  | 'createReferral'
  | 'markSignedUp'
  | 'createOwnedReferral'
  | 'editReferral'
  | 'listReferrals'
  | 'allReferrals'
  | 'everyReferral'
>;

/** Referrals and the claims that make creating them safe to repeat. */
export function referralStore(table: Table): ReferralStore {
  const { client, name } = table;
  const { findReferral } = referralFinder(table);
  const putNew = (item: Record<string, unknown>): Write => ({
    Put: {
      TableName: name,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  });

  const putClaim = (claim: Claim, code: string, version: string): Write => ({
    Put: {
      TableName: name,
      Item: { ...claimKey(claim.id), code, version },
      ...(claim.version === undefined
        ? { ConditionExpression: 'attribute_not_exists(version)' }
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': claim.version },
          }),
    },
  });

  const countChoice = ({ userId, day, limit }: CodeAllowance): Write => ({
    Update: {
      TableName: name,
      Key: codeChoicesKey(userId, day),
      UpdateExpression: 'SET #ttl = :ttl ADD choices :one',
      ConditionExpression: 'attribute_not_exists(choices) OR choices < :limit',
      ExpressionAttributeNames: { '#ttl': tableShape.timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':one': 1,
        ':limit': limit,
        ':ttl': Date.parse(day) / 1000 + CHOICES_LIFETIME,
      },
    },
  });

  const countCreation = ({ userId, limit }: ReferralAllowance): Write => ({
    Update: {
      TableName: name,
      Key: createdReferralsKey(userId),
      UpdateExpression: 'ADD referrals :one',
      ConditionExpression: 'attribute_not_exists(referrals) OR referrals < :limit',
      ExpressionAttributeValues: { ':one': 1, ':limit': limit },
    },
  });

  const update = (before: Referral, after: Referral): Write => {
    const removed = editable.filter((field) => after[field] === undefined);
    const set = editable.filter((field) => after[field] !== undefined);
    return {
      Update: {
        TableName: name,
        Key: referralKey(before.code),
        UpdateExpression: [
          `SET ${set.map((field) => `#${field} = :${field}`).join(', ')}`,
          ...(removed.length > 0
            ? [`REMOVE ${removed.map((field) => `#${field}`).join(', ')}`]
            : []),
        ].join(' '),
        ConditionExpression: `attribute_exists(pk) AND ${
          before.version === undefined ? 'attribute_not_exists(#version)' : '#version = :read'
        }`,
        ExpressionAttributeNames: Object.fromEntries(editable.map((field) => [`#${field}`, field])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(set.map((field) => [`:${field}`, after[field]])),
          ...(before.version !== undefined && { ':read': before.version }),
        },
      },
    };
  };

  /** Writes all or nothing. The outcome is the first one whose write has failed. */
  const writeAll = async <Outcome extends ReferralOutcome | 'too_many_referrals'>(
    writes: readonly (readonly [Write, Outcome])[],
  ): Promise<Outcome | 'stored'> => {
    const [failed] = await transact(
      table,
      writes.map(([write]) => write),
    );
    return (failed && writes[failed.index]?.[1]) ?? 'stored';
  };

  const creation = (referral: Referral, claims: readonly Claim[]) => {
    const { code, userId, id } = referral;
    const item = {
      ...referralKey(code),
      ...(userId && { gsi1pk: ownerPartition(userId), gsi1sk: id }),
      ...referral,
    };
    return {
      puts: claims.map((claim) => [putClaim(claim, code, id), 'outdated'] as const),
      put: [putNew(item), 'code_taken'] as const,
    };
  };

  return {
    findReferral,

    async readClaim(id) {
      const item = await getItem(table, claimKey(id));
      return { id, version: item?.version, referral: item && (await findReferral(item.code)) };
    },

    createReferral: (referral, claims) => {
      const { puts, put } = creation(referral, claims);
      return writeAll([...puts, put]);
    },

    createOwnedReferral: (referral, claims, allowance) => {
      const { puts, put } = creation(referral, claims);
      const { choice } = allowance;
      return writeAll([
        ...puts,
        [countCreation(allowance), 'too_many_referrals'],
        ...(choice ? [[countChoice(choice), 'too_many_changes'] as const] : []),
        put,
      ]);
    },

    editReferral: (before, { referral, claim, choice }) => {
      const { code, version = '' } = referral;
      const { allowance, newAlias } = choice ?? {};
      return writeAll([
        [update(before, referral), 'outdated'],
        ...(claim ? [[putClaim(claim, code, version), 'outdated'] as const] : []),
        ...(allowance ? [[countChoice(allowance), 'too_many_changes'] as const] : []),
        ...(newAlias
          ? [[putNew({ ...referralKey(newAlias), aliasOf: code }), 'code_taken'] as const]
          : []),
      ]);
    },

    async markSignedUp(code, at) {
      await client.send(
        new UpdateCommand({
          TableName: name,
          Key: referralKey(code),
          UpdateExpression: 'SET signedUpAt = if_not_exists(signedUpAt, :at)',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':at': at },
        }),
      );
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
          FilterExpression: 'sk = :referral AND attribute_not_exists(aliasOf)',
          ExpressionAttributeValues: { ':referral': tableShape.sortKeys.referral },
        },
      );
      for await (const { Items = [] } of pages) {
        yield* Items.map((item) => entityOf<Referral>(item));
      }
    },
  };
}
