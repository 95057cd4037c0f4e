import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { addReadmeStack, follow, packInto, readmeBlocks } from './consumer.ts';

let directory: string;
let tarball: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'referrals-package-'));
  tarball = await packInto(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Makes an app as `cdk init` does, with the README's stack. Returns its directory. */
async function initApp(parent: string, cdk: string): Promise<string> {
  const app = join(directory, parent, 'my-app');
  await mkdir(app, { recursive: true });
  await follow(`npx ${cdk} init app --language typescript --generate-only`, app);
  await addReadmeStack(app);
  return app;
}

const TODAY = `aws-cdk@${manifest.devDependencies['aws-cdk']}`;
const A_YEAR_AGO = 'aws-cdk@2.1020.2';
/** The lowest versions that the package takes. */
const lowest = Object.entries(manifest.peerDependencies)
  .map(([name, range]) => `${name}@${range.replace('^', '')}`)
  .join(' ');
const sdk = `@aws-sdk/client-lambda@${manifest.peerDependencies['@aws-sdk/client-lambda'].slice(1)}`;

/** A test of the app, of code that calls the service. */
const WEBHOOK_TEST = `
  import { createReferrals } from 'cdk-referrals/backend';

  test('the webhook records a payment', async () => {
    const sent: Uint8Array[] = [];
    const client = {
      send: async ({ input }: { input: { Payload: Uint8Array } }) => {
        sent.push(input.Payload);
        return { Payload: Buffer.from('{"response":null}') };
      },
    };
    const referrals = createReferrals({ functionName: 'x', client });
    expect(await referrals.record('PAID', { userId: '7', idempotencyKey: '1' })).toBeNull();
    expect(JSON.parse(Buffer.from(sent[0]).toString())).toEqual({
      action: 'PAID',
      userId: '7',
      idempotencyKey: '1',
    });
  });
`;

/** What the examples have of their app. */
const APP = `
  declare const userId: string, orderId: string;
  declare function payReferrer(referrer: string | null, options: { once: string }): Promise<void>;
  declare function fetchAuthSession(): Promise<{ tokens?: { idToken?: { toString(): string } } }>;
`;

const PAGE = `
  import { createReferrals, ReferralsProblem } from 'cdk-referrals/client';

  const nobody = createReferrals({ apiUrl: 'http://127.0.0.1:1', session: null });
  await nobody.enterCode('x').catch((error: unknown) => {
    if (error instanceof ReferralsProblem) console.log(error.name, error.code);
  });
`;

const SERVER = `
  import { createServer } from 'node:http';
  import { LambdaClient } from '@aws-sdk/client-lambda';
  import { createReferrals, parseReferralEvent } from 'cdk-referrals/backend';

  const lambda = createServer((_, response) => response.end('{"response":null}'));
  lambda.listen(0, '127.0.0.1', async () => {
    const { port } = lambda.address() as { port: number };
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    const endpoint = 'http://127.0.0.1:' + port;
    const client = new LambdaClient({ endpoint, region: 'local', credentials });
    const referrals = createReferrals({ functionName: 'x', client });
    const recorded = await referrals.record('PAID', { userId: '7' });
    const detail = {
      id: '1',
      code: 'x',
      action: 'PAID',
      kind: 'human',
      trusted: true,
      referrer: null,
      visitor: { type: 'user', id: '7' },
      createdAt: '2026-01-01T00:00:00.000Z',
      session: 'x',
    };
    const event = parseReferralEvent({
      source: 'cdk-referrals',
      'detail-type': 'UserLinkedToResponse',
      detail,
    });
    if (event.type === 'UserLinkedToResponse') {
      console.log(recorded, event.detail.visitor.type, event.detail.visitor.id);
    }
    client.destroy();
    lambda.close();
  });
`;

describe('the package', () => {
  test('installs two packages with it, and has nothing that only a clone needs', async () => {
    await follow(`tar -xzf ${tarball}`, directory);
    const unpacked = join(directory, 'package');
    const { dependencies, optionalDependencies } = JSON.parse(
      await readFile(join(unpacked, 'package.json'), 'utf8'),
    );
    expect(Object.keys({ ...dependencies, ...optionalDependencies })).toEqual([
      '@types/aws-lambda',
      'cdk-monitoring-constructs',
    ]);
    expect((await readdir(unpacked)).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'cli',
      'dist',
      'docs',
      'package.json',
    ]);
    expect((await readdir(join(unpacked, 'dist'))).toSorted()).toEqual([
      'THIRD-PARTY-NOTICES.txt',
      'bundles',
      'cli',
      'functions',
      'lib',
      'package.json',
      'web',
    ]);
  });

  test('has types that are right for every way of importing it', async () => {
    const check = (parameters: string) =>
      follow(`npx @arethetypeswrong/cli@0.18.5 ${tarball} ${parameters}`, directory);
    expect(await check('--entrypoints .')).toContain('No problems found');
    // Only for what reads `exports`. It fails if there is a problem.
    await check('--entrypoints backend --profile node16');
    await check('--entrypoints client --profile esm-only');
    await check('--entrypoints snippet --profile esm-only');
  });

  test('works in the app of a year-old `cdk init`, with its npm, ts-node, ts-jest and TypeScript 5.6', async () => {
    const app = await initApp('year-old', A_YEAR_AGO);
    await follow(`npm install ${tarball} ${sdk}`, app);
    await writeFile(join(app, 'test', 'webhook.test.ts'), WEBHOOK_TEST);
    await follow('npx tsc --noEmit', app);
    expect(await follow('npm test', app)).toContain('2 passed, 2 total');
    await follow('npx cdk synth --quiet', app);
    expect(existsSync(join(app, 'node_modules', 'esbuild'))).toBe(false);
  });

  test('works with the oldest aws-cdk-lib that it takes, in node_modules as yarn lays it out', async () => {
    const app = await initApp('yarn', A_YEAR_AGO);
    const yarn = 'npx --package @yarnpkg/cli-dist@4.18.1 -- yarn';
    // The lock file tells yarn that the app is a project of its own.
    const install = `touch yarn.lock && ${yarn} add ${lowest} cdk-referrals@file:${tarball}`;
    const settings = {
      YARN_NODE_LINKER: 'node-modules',
      YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
      YARN_ENABLE_TELEMETRY: 'false',
      YARN_NPM_REGISTRY_SERVER: (await follow('npm config get registry 2>/dev/null', app)).trim(),
    };
    await follow(install, app, settings);
    expect(await follow(`${yarn} test`, app, settings)).toContain('1 passed, 1 total');
  });

  test('works in the app of today’s `cdk init`, in node_modules as pnpm lays it out', async () => {
    const app = await initApp('pnpm', TODAY);
    const pnpm = 'npx pnpm@12.4.2';
    await follow(`${pnpm} add --ignore-scripts ${tarball}`, app);
    expect(await follow(`${pnpm} test`, app)).toContain('1 passed, 1 total');
    await follow(`${pnpm} exec cdk synth --quiet`, app);
  });

  test('gives an app its clients, without the CDK, with types, and with the oldest SDK that they take', async () => {
    const app = join(directory, 'clients');
    await mkdir(app);
    await follow(
      `npm init --yes && npm install --omit=peer ${tarball} && npm install --omit=peer ${sdk} @types/node@20`,
      app,
    );
    expect(existsSync(join(app, 'node_modules', 'aws-cdk-lib'))).toBe(false);
    await writeFile(join(app, 'page.mts'), PAGE);
    await writeFile(join(app, 'server.ts'), SERVER);
    const examples = [
      ...(await readmeBlocks('payment-webhook.ts')),
      ...(await readmeBlocks('client', 'docs/client.md')),
      ...(await readmeBlocks('backend', 'docs/client.md')),
      ...(await readmeBlocks('events', 'docs/client.md')),
    ];
    for (const [index, example] of examples.entries()) {
      await writeFile(join(app, `example${index}.mts`), `${APP}${example}`);
    }
    expect(examples).toHaveLength(4);
    const typescript = 'npx --package typescript@5.6 -- tsc --strict --target es2022';
    await follow(`${typescript} --module nodenext --types node *.mts server.ts`, app);
    const bundler = '--noEmit --module esnext --moduleResolution bundler --types node';
    await follow(`${typescript} ${bundler} *.mts server.ts`, app);
    expect(await follow('node page.mjs', app)).toBe('ReferralsProblem unreachable\n');
    expect(await follow('node server.js', app)).toBe('null user 7\n');
  });

  test('is the same by `require` and by `import`, and brings its command', async () => {
    const app = join(directory, 'plain');
    await mkdir(app);
    await follow(`npm init --yes && npm install ${tarball}`, app);
    const script = `import('cdk-referrals').then(({ Referrals }) =>
      console.log(Referrals.name, Referrals === require('cdk-referrals').Referrals))`;
    expect(await follow(`node --eval "${script}"`, app)).toBe('Referrals true\n');
    expect(await follow('npx referrals --help', app)).toContain('Usage: referrals');
  });
});
