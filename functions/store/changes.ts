import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Change } from '../core/events.ts';
import { tableShape } from './table-shape.ts';
import { entityOf } from './timeline.ts';

const { prefixes, sortKeys } = tableShape;

/** A new item of the table, without its keys. Its fields are not checked yet. */
export interface NewEntity {
  readonly type: Change['type'];
  readonly entity: Record<string, unknown>;
}

/**
 * Reads a new item from the table's stream.
 *
 * @returns `alias` for a further code of a referral; undefined if it is neither a referral nor a response.
 * @throws Error if it can't be read at all.
 */
export function newEntityOf(
  image: Record<string, AttributeValue>,
): NewEntity | 'alias' | undefined {
  const { pk, sk, ...item } = unmarshall(image);
  const entity = entityOf<Record<string, unknown>>(item);
  if (pk.startsWith(prefixes.referral) && sk === sortKeys.referral) {
    return 'aliasOf' in entity ? 'alias' : { type: 'referral-created', entity };
  }
  if (!pk.startsWith(prefixes.visitor) || !sk.startsWith(sortKeys.response)) return undefined;
  // A user's own responses never had a session. Those with a session are copies of the session's.
  const isLinked = entity.userId !== undefined && entity.session !== undefined;
  return { type: isLinked ? 'response-linked' : 'response-recorded', entity };
}
