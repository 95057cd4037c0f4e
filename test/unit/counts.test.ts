import { expect, test } from 'vitest';
import { newTally, tally } from '../../functions/core/counts.ts';

test('counting keeps ten thousand action names apart, and counts the rest as OTHER', () => {
  const counted = newTally();
  for (let name = 0; name < 10_005; name++) {
    tally(counted, { id: '', action: `A${name}`, kind: 'human', first: false, trusted: false });
  }
  expect(counted.pageActions.size).toBe(10_001);
  expect(counted.pageActions.get('OTHER')).toBe(5);
});
