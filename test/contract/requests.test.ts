import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPython } from '../deploy/python.ts';
import { click, createReferral, signUp } from '../integration/client.ts';
import { closedContract } from '../integration/contract.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';

let python: string;
let service: TestService;

beforeAll(async () => {
  python = await installPython('schemathesis', resolve(import.meta.dirname, 'requirements.txt'));
  service = await startTestService({
    variables: { API_ONLY: '1', CODE_CUSTOM: 'true', SESSION_HANDOFF: 'true' },
  });
});
afterAll(() => service?.stop());

/** What requests have to name so that they find something. */
interface Known {
  /** The code of a link of the user who calls. */
  readonly own: string;
  /** The code of somebody else's. */
  readonly other: string;
  readonly handoff: string;
}

/** The contract without unknown fields, for requests that find something. */
function contractFor({ own, other, handoff }: Known) {
  const contract = structuredClone(closedContract);
  const { schemas } = contract.components;
  const only = (value: string) => ({ type: 'string', enum: [value] });
  const operations = Object.values<object>(contract.paths).flatMap((path) => Object.values(path));
  for (const { parameters = [] } of operations) {
    for (const parameter of parameters) if (parameter.name === 'code') parameter.schema = only(own);
  }
  schemas.TypedCode.properties.code = only(other);
  schemas.PageClick.properties.code = only(other);
  schemas.Handoff.properties.handoff = only(handoff);
  return contract;
}

/** Sends requests of all kinds. Returns the exit code of the program, and what it prints. */
function sendRequests(contract: string, headers: readonly string[]) {
  const checks = [
    'not_a_server_error',
    'status_code_conformance',
    'content_type_conformance',
    'response_headers_conformance',
    'response_schema_conformance',
    'ignored_auth',
  ];
  const parameters = [
    ...['-m', 'schemathesis.cli', 'run', contract, '--url', service.outputs.ApiUrl, '--no-color'],
    ...headers.flatMap((header) => ['--header', header]),
    ...['--checks', checks.join(), '--phases', 'examples,coverage,fuzzing,stateful'],
    ...['--seed', '15', '--generation-database', 'none', '--max-examples', '100'],
    // Requests that find nothing, or get no further than the authorizer, say nothing about the answers.
    ...['--warnings', 'missing_auth,missing_test_data'],
  ];
  return new Promise<{ code: unknown; printed: string }>((done) => {
    execFile(
      python,
      parameters,
      { cwd: dirname(contract), maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => done({ code: error ? error.code : 0, printed: stdout + stderr }),
    );
  });
}

test('whatever a request has, its answer is in docs/openapi.json, and the service has no fault', async () => {
  const { outputs } = service;
  const [user, owner] = [await signUp(outputs), await signUp(outputs)];
  const [own, other] = [await createReferral(outputs, user), await createReferral(outputs, owner)];
  const { session, headers } = await click(outputs, other);
  const handoff = new URL(headers.get('location') ?? '').searchParams.get('referral_handoff') ?? '';

  const directory = await mkdtemp(join(tmpdir(), 'referrals-contract-'));
  const file = join(directory, 'openapi.json');
  await writeFile(file, JSON.stringify(contractFor({ own, other, handoff })));
  const { code, printed } = await sendRequests(file, [
    `Authorization: Bearer ${user.token}`,
    `X-Referral-Session: ${session}`,
  ]);
  await rm(directory, { recursive: true });
  expect(code, printed).toBe(0);
  expect(printed).not.toContain('WARNINGS');
});
