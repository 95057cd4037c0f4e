import { readFile } from 'node:fs/promises';
import { lintFromString, loadConfig } from '@redocly/openapi-core';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { events } from '../../contract/events.ts';
import { generatedFiles } from '../../contract/generate.ts';
import { jsonSchemas } from '../../contract/json-schema.ts';
import { assertAnswer, assertEvent } from '../integration/contract.ts';

const generated = Object.entries(await generatedFiles());

test.each(generated)('%s is current: run npm run contract', async (path, text) => {
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('the linter of OpenAPI has no findings in docs/openapi.json', async () => {
  const config = await loadConfig({ configPath: 'redocly.yaml' });
  const source = await readFile('docs/openapi.json', 'utf8');
  const findings = await lintFromString({ source, config });
  expect(findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

describe('a rule that JSON Schema has no word for fails the generation', () => {
  const convert = (schema: v.GenericSchema) => () => jsonSchemas({ Schema: schema });

  test('unless contract/ says what it is', () => {
    const isEven = v.check<number, string>((value) => value % 2 === 0, 'must be even');
    expect(convert(v.pipe(v.number(), isEven))).toThrow(
      'The rule "must be even" would be lost. Say in contract/json-schema.ts what it is in JSON Schema.',
    );
    expect(convert(v.pipe(v.string(), v.transform(Date.parse)))).toThrow(
      'The rule "transform" would be lost.',
    );
    expect(convert(v.map(v.string(), v.string()))).toThrow('The "map" schema cannot be converted');
  });

  test('also if a further schema in its pipe would hide it', () => {
    const schema = v.pipe(v.string(), v.minLength(3), v.string());
    expect(convert(schema)).toThrow(
      'A rule (string) before the last schema of a pipe would be lost.',
    );
  });

  test('and so does a word for a rule that no schema has', () => {
    expect(convert(v.string())).toThrow('No schema has the rule "is a reserved name" any more.');
  });
});

describe('an answer in a test is refused if', () => {
  const answer =
    (body: unknown, status = 200, type = 'application/json') =>
    () =>
      assertAnswer('GET /attribution?x=1', {
        status,
        headers: new Headers({ 'content-type': type }),
        body,
      });
  const problem = {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    code: 'invalid_session',
  };

  test('the contract does not have it', () => {
    expect(answer({ referral: null })).not.toThrow();
    expect(answer(problem, 400, 'application/problem+json')).not.toThrow();
    expect(answer({ referral: null }, 201)).toThrow(
      'GET /attribution?x=1 answered 201 against docs/openapi.json: it has no such status.',
    );
    expect(answer('nothing', 200, 'text/plain; charset=utf-8')).toThrow('it has no text/plain.');
    expect(answer({ referral: null, owner: 'Ada' })).toThrow(
      'must NOT have additional properties {"additionalProperty":"owner"}.',
    );
    const other = { ...problem, code: 'invalid_limit' };
    expect(answer(other, 400, 'application/problem+json')).toThrow('/code must be equal to one of');
  });

  test('it has a body where there is none', () => {
    const redirect = (body: string) => () =>
      assertAnswer('GET /r/code/', { status: 302, headers: new Headers(), body });
    expect(redirect('')).not.toThrow();
    expect(redirect('Moved')).toThrow('it has no body.');
  });
});

test('an event in a test is refused if the contract does not have it', () => {
  const event = (detail: object) => () => assertEvent({ type: 'ReferralCreated', detail });
  const detail: v.InferInput<(typeof events)['ReferralCreated']> = {
    id: '01KATW3ZVD4M0YV0Q7Y6ZK2B6C',
    code: 'H7lMCTKv9X',
    referrer: null,
    label: null,
    redirectTo: 'https://app.example.com/',
    target: null,
    createdAt: '2026-11-24T06:43:58.413Z',
  };
  expect(event(detail)).not.toThrow();
  expect(event({ ...detail, session: 'secret' })).toThrow(
    'ReferralCreated is against docs/openapi.json: / must NOT have additional properties {"additionalProperty":"session"}.',
  );
});
