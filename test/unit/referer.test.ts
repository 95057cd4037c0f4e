import { expect, test } from 'vitest';
import { keptReferer } from '../../functions/core/referer.ts';

test.each([
  ['https://blog.example.com/post?token=x#y', 'path', 'https://blog.example.com/post'],
  ['https://user:secret@blog.example.com:8443/post', 'path', 'https://blog.example.com:8443/post'],
  ['http://blog.example.com', 'path', 'http://blog.example.com/'],
  ['android-app://com.google.android.gm', 'path', 'android-app://com.google.android.gm'],
  ['https://blog.example.com/post?token=x#y', 'origin', 'https://blog.example.com/'],
  ['https://blog.example.com/post', 'none', undefined],
  ['about:blank', 'path', undefined],
  ['data:text/html,secret', 'path', undefined],
  ['blob:https://blog.example.com/x', 'path', undefined],
  ['no address', 'path', undefined],
  ['', 'path', undefined],
] as const)('%s (%s) is kept as %s', (referer, mode, kept) => {
  expect(keptReferer(referer, mode)).toBe(kept);
});
