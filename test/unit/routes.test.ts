import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { functionNames, manifestOf } from '../../functions/manifest.ts';
import { cors, routes } from '../../functions/routes.ts';

const filesIn = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replace(/\.ts$/, ''))
    .toSorted();

test('every function has a file, and every file of functions/ is a function or plain data', () => {
  const plainData = ['environment', 'hooks', 'manifest', 'routes', 'triggers'];
  expect(filesIn('functions')).toEqual([...functionNames, ...plainData].toSorted());
});

test('every route of the JSON API has a file in functions/api/', () => {
  const names = routes.map(({ name }) => name).filter((name) => name !== 'hit' && name !== 'files');
  expect(filesIn('functions/api')).toEqual(names.toSorted());
});

test('no two routes have the same method and path', () => {
  const keys = routes.map(({ method, path }) => `${method} ${path}`);
  expect(keys).toEqual([...new Set(keys)]);
});

test('browsers may use the method of every route', () => {
  expect(new Set(cors.methods)).toEqual(new Set(routes.map(({ method }) => method)));
});

test('a function has the timeout of its slowest route, and the store methods that link a session', () => {
  expect(manifestOf('hit')).toEqual({
    timeout: 3,
    memory: 512,
    store: expect.not.arrayContaining(['linkResponses']),
  });
  expect(manifestOf('api')).toEqual({
    timeout: 10,
    memory: 512,
    store: expect.arrayContaining(['findSessionUser', 'claimSession', 'linkResponses']),
  });
});
