import { expect, test } from 'vitest';
import { randomFates } from './random-fates.ts';
import { seed } from './seed.ts';

test(`a seed always decides the same, with the wanted frequency (seed ${seed})`, () => {
  const draw = (from: number) => {
    const decide = randomFates(from, { throttle: 0.3, 'cut-after': 0.1 });
    return Array.from({ length: 10_000 }, () => decide('PutItem', {}));
  };
  const fates = draw(seed);
  expect(draw(seed)).toEqual(fates);
  expect(draw(seed + 1)).not.toEqual(fates);
  const count = (fate: string) => fates.filter((each) => each === fate).length;
  expect(Math.abs(count('throttle') - 3000)).toBeLessThan(300);
  expect(Math.abs(count('cut-after') - 1000)).toBeLessThan(300);
  expect(Math.abs(count('pass') - 6000)).toBeLessThan(300);
});
