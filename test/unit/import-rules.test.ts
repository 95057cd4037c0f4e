import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** Of each room: what it may import, and what it may not. */
const rules: Record<string, { allowed: string[]; refused: string[] }> = {
  bin: { allowed: ['../lib/stack.ts'], refused: ['../functions/routes.ts', '../local/start.ts'] },
  lib: {
    allowed: [
      'aws-cdk-lib',
      './stack.ts',
      '../functions/routes.ts',
      '../functions/triggers.ts',
      '../functions/environment.ts',
      '../functions/hooks.ts',
      '../functions/store/table-shape.ts',
    ],
    refused: [
      '../functions/hit.ts',
      '../functions/store/keys.ts',
      '../functions/core/click.ts',
      '../functions/edge/settings.ts',
      '../local/start.ts',
      '../test/x.ts',
    ],
  },
  functions: {
    allowed: ['./edge/services.ts', './core/click.ts', 'aws-lambda'],
    refused: ['./store/keys.ts', '../lib/stack.ts', '../local/start.ts', '@aws-sdk/lib-dynamodb'],
  },
  'functions/edge': {
    allowed: ['./session.ts', '../store/client.ts', '../core/click.ts', '../environment.ts'],
    refused: ['../hit.ts', '../../lib/stack.ts', '../../local/start.ts', '@aws-sdk/lib-dynamodb'],
  },
  'functions/store': {
    allowed: ['./keys.ts', '../core/store.ts', '@aws-sdk/lib-dynamodb'],
    refused: ['../edge/services.ts', '../hit.ts', '../../lib/stack.ts', 'aws-lambda'],
  },
  'functions/core': {
    allowed: ['./click.ts', 'isbot', 'node:crypto'],
    refused: [
      '../store/keys.ts',
      '../edge/services.ts',
      '../environment.ts',
      '../../lib/stack.ts',
      '@aws-sdk/client-dynamodb',
      '@middy/core',
      'aws-lambda',
    ],
  },
};

test('the linter lets imports run one way only', () => {
  const house = mkdtempSync(join(tmpdir(), 'referrals-house-'));
  onTestFinished(() => rmSync(house, { recursive: true }));
  execFileSync('git', ['init', '--quiet', house]);
  for (const file of ['biome.json', '.gitignore']) cpSync(file, join(house, file));

  const expected = new Set<string>();
  for (const [room, { allowed, refused }] of Object.entries(rules)) {
    for (const [index, module] of [...allowed, ...refused].entries()) {
      const file = `${room}/file${index}.ts`;
      mkdirSync(dirname(join(house, file)), { recursive: true });
      writeFileSync(join(house, file), `import { a } from '${module}';\n\na();\n`);
      if (index >= allowed.length) expected.add(`${file} imports ${module}`);
    }
  }
  const { stdout } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: house, encoding: 'utf8' },
  );
  const found = new Set<string>();
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    if (category !== 'lint/style/noRestrictedImports') continue;
    const room = dirname(location.path);
    const index = Number(/\d+/.exec(location.path)?.[0]);
    const rule = rules[room];
    found.add(
      `${location.path} imports ${[...(rule?.allowed ?? []), ...(rule?.refused ?? [])][index]}`,
    );
  }
  expect(found).toEqual(expected);
});
