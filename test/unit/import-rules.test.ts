import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** The imports that each folder may and may not have. */
const rules: Record<string, { allowed: string[]; refused: string[] }> = {
  bin: {
    allowed: ['../lib/stack.ts', '../functions/validation/objects.ts'],
    refused: ['../functions/routes.ts', '../local/start.ts'],
  },
  lib: {
    allowed: [
      'aws-cdk-lib',
      './stack.ts',
      '../functions/manifest.ts',
      '../functions/routes.ts',
      '../functions/triggers.ts',
      '../functions/environment.ts',
      '../functions/hooks.ts',
      '../functions/store/table-shape.ts',
      '../functions/store/table-rights.ts',
    ],
    refused: [
      '../functions/hit.ts',
      '../functions/store/keys.ts',
      '../functions/core/click.ts',
      '../functions/setup/settings.ts',
      '../local/start.ts',
      '../test/x.ts',
    ],
  },
  functions: {
    allowed: [
      './api/get-stats.ts',
      './http/session.ts',
      './messages/queue.ts',
      './setup/services.ts',
      './core/click.ts',
      './store/table-rights.ts',
      'aws-lambda',
    ],
    refused: ['./store/keys.ts', '../lib/stack.ts', '../local/start.ts', '@aws-sdk/lib-dynamodb'],
  },
  'functions/api': {
    allowed: [
      '../http/route.ts',
      '../validation/schemas.ts',
      '../core/lists.ts',
      '../setup/telemetry.ts',
    ],
    refused: [
      '../setup/services.ts',
      '../messages/queue.ts',
      '../store/keys.ts',
      '../api.ts',
      '../routes.ts',
      '@aws-sdk/lib-dynamodb',
      '@middy/core',
    ],
  },
  'functions/http': {
    allowed: [
      './session.ts',
      '../core/click.ts',
      '../setup/settings.ts',
      '../validation/parse.ts',
      '../routes.ts',
      '@middy/core',
    ],
    refused: [
      '../api/get-stats.ts',
      '../messages/queue.ts',
      '../store/client.ts',
      '../hit.ts',
      '@aws-sdk/lib-dynamodb',
    ],
  },
  'functions/messages': {
    allowed: [
      './queue.ts',
      '../core/events.ts',
      '../store/changes.ts',
      '../aws/call.ts',
      '../setup/telemetry.ts',
      '../validation/parse.ts',
      '@aws-sdk/client-sqs',
    ],
    refused: ['../http/session.ts', '../api/get-stats.ts', '../hit.ts', '@aws-sdk/lib-dynamodb'],
  },
  'functions/setup': {
    allowed: [
      './settings.ts',
      '../core/services.ts',
      '../store/client.ts',
      '../validation/schemas.ts',
      '../environment.ts',
      '../hooks.ts',
    ],
    refused: [
      '../http/session.ts',
      '../messages/queue.ts',
      '../api/get-stats.ts',
      '../hit.ts',
      '../../lib/stack.ts',
      '@aws-sdk/client-sqs',
    ],
  },
  'functions/validation': {
    allowed: ['./schemas.ts', '../core/errors.ts', 'valibot'],
    refused: [
      '../http/session.ts',
      '../store/client.ts',
      '../setup/settings.ts',
      '../environment.ts',
      'aws-lambda',
      '@middy/core',
      '@aws-sdk/client-sqs',
    ],
  },
  'functions/store': {
    allowed: [
      './keys.ts',
      '../core/store.ts',
      '../aws/call.ts',
      '../sdk-shortcuts/collect-stream.ts',
      '@aws-sdk/lib-dynamodb',
    ],
    refused: ['../setup/services.ts', '../hit.ts', '../../lib/stack.ts', 'aws-lambda'],
  },
  'functions/aws': {
    allowed: ['./retry.ts', 'aws4', 'node:https'],
    refused: [
      '../core/errors.ts',
      '../store/table.ts',
      '../environment.ts',
      '@aws-sdk/client-sqs',
      '@smithy/core/retry',
      'aws-lambda',
      '@middy/core',
    ],
  },
  'functions/core': {
    allowed: ['./click.ts', 'isbot', 'node:crypto'],
    refused: [
      '../store/keys.ts',
      '../setup/services.ts',
      '../environment.ts',
      '../../lib/stack.ts',
      '@aws-sdk/client-dynamodb',
      '@middy/core',
      'aws-lambda',
    ],
  },
  contract: {
    allowed: [
      '../functions/api/get-stats.ts',
      '../functions/http/problem.ts',
      '../functions/core/events.ts',
      '../functions/validation/schemas.ts',
      '../functions/routes.ts',
      'openapi-typescript',
    ],
    refused: [
      '../functions/store/keys.ts',
      '../functions/setup/services.ts',
      '../functions/hit.ts',
      '../lib/stack.ts',
      '../test/integration/contract.ts',
    ],
  },
  'web/demo': {
    allowed: ['../client/index.ts', '../problem.ts', '../retry.ts'],
    refused: ['../../functions/routes.ts', '../backend/index.ts', 'node:crypto', '@aws-sdk/x'],
  },
  'web/snippet': {
    allowed: ['./snippet.ts'],
    refused: ['../client/index.ts', '../problem.ts', '../retry.ts', 'node:crypto'],
  },
  'web/backend': {
    allowed: ['../problem.ts', '../retry.ts', 'node:crypto', '@aws-sdk/client-lambda'],
    refused: ['../../functions/core/events.ts', '../client/index.ts'],
  },
};

/** An empty project with our linter's rules. */
function emptyProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'referrals-imports-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  execFileSync('git', ['init', '--quiet', project]);
  for (const file of ['biome.json', '.gitignore']) cpSync(file, join(project, file));
  return project;
}

/** The linter's findings in a project: rule and file. */
function lint(project: string): { rule: string; file: string }[] {
  const { stdout } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: project, encoding: 'utf8' },
  );
  return JSON.parse(stdout).diagnostics.map(
    ({ category, location }: { category: string; location: { path: string } }) => ({
      rule: category.split('/').at(-1),
      file: location.path,
    }),
  );
}

test('the linter lets imports run one way only', () => {
  const project = emptyProject();

  const expected = new Set<string>();
  for (const [folder, { allowed, refused }] of Object.entries(rules)) {
    for (const [index, module] of [...allowed, ...refused].entries()) {
      const file = `${folder}/file${index}.ts`;
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), `import { a } from '${module}';\n\na();\n`);
      if (index >= allowed.length) expected.add(`${file} imports ${module}`);
    }
  }
  const found = new Set<string>();
  for (const { rule, file } of lint(project)) {
    if (rule !== 'noRestrictedImports') continue;
    const { allowed = [], refused = [] } = rules[dirname(file)] ?? {};
    found.add(`${file} imports ${[...allowed, ...refused][Number(/\d+/.exec(file)?.[0])]}`);
  }
  expect(found).toEqual(expected);
});

test('the linter finds circles of imports, even if they import only types', () => {
  const project = emptyProject();
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  };
  write('cli/a.ts', "import type { B } from './b.ts';\n\nexport type A = B | string;\n");
  write('cli/b.ts', "import type { A } from './a.ts';\n\nexport type B = A | number;\n");
  write('cli/c.ts', "import type { A } from './a.ts';\n\nexport type C = A;\n");
  expect(lint(project)).toEqual([
    { rule: 'noImportCycles', file: 'cli/a.ts' },
    { rule: 'noImportCycles', file: 'cli/b.ts' },
  ]);
});
