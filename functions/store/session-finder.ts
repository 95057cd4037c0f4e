import type { SessionUser, Store } from '../core/store.ts';
import { sessionUserKey } from './keys.ts';
import { getItem, type Item } from './query.ts';
import type { ClickTable } from './table.ts';

export const sessionUserOf = (item: Item): SessionUser => ({
  userId: item.userId,
  isSettled: item.isSettled === true,
});

/** Finds the users of sessions. */
export const sessionFinder = (table: ClickTable): Pick<Store, 'findSessionUser'> => ({
  async findSessionUser(session) {
    const item = await getItem(table, sessionUserKey(session));
    return item && sessionUserOf(item);
  },
});
