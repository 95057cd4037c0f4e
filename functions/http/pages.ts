import * as v from 'valibot';
import type { Page } from '../core/store.ts';
import { ULID } from '../validation/schemas.ts';

const MAX_LIMIT = 100;
const LIMIT_RULE = `must be from 1 to ${MAX_LIMIT}`;

/** Query of a list. */
export const pageQuery = v.object({
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, LIMIT_RULE),
      v.transform(Number),
      v.minValue(1, LIMIT_RULE),
      v.maxValue(MAX_LIMIT, LIMIT_RULE),
    ),
    '20',
  ),
  cursor: v.optional(v.pipe(v.string(), v.regex(ULID, 'must be the nextCursor of a page'))),
});

/** Schema of a page of items. */
export const pageOf = <Item extends v.GenericSchema>(item: Item) =>
  v.strictObject({
    items: v.array(item),
    nextCursor: v.nullable(v.pipe(v.string(), v.regex(ULID))),
  });

/** Makes the answer with the items of a page. */
export const showPage = <Item, Shown>(
  { items, nextCursor }: Page<Item>,
  show: (item: Item) => Shown,
) => ({ items: items.map(show), nextCursor });
