import type { Referral } from '../core/referral.ts';
import type { Store } from '../core/store.ts';
import { referralKey } from './keys.ts';
import { getItem } from './query.ts';
import type { ClickTable } from './table.ts';
import { entityOf } from './timeline.ts';

/** Finds referrals by their codes. */
export const referralFinder = (table: ClickTable): Pick<Store, 'findReferral'> => ({
  async findReferral(code) {
    const found = await getItem(table, referralKey(code));
    const item = found?.aliasOf ? await getItem(table, referralKey(found.aliasOf)) : found;
    return item && entityOf<Referral>(item);
  },
});
