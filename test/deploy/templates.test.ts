import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import bundle from '../infra/build.ts';
import { documentedStack } from '../infra/documented.ts';
import { templateOf } from '../infra/synthesis.ts';
import { installPython } from './python.ts';

// CDK names a function's role as a dependency, although the function refers to it.
const OF_CDK = 'W3005';

beforeAll(bundle);

test('cfn-lint finds nothing in the templates', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-templates-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const templates = [
    templateOf(),
    ...['Every prop', 'A CDN in front'].map((name) => Template.fromStack(documentedStack(name))),
  ];
  const files = templates.map((_, index) => join(directory, `${index}.json`));
  for (const [index, template] of templates.entries()) {
    await writeFile(files[index] ?? '', JSON.stringify(template.toJSON()));
  }
  const python = await installPython('python', join(import.meta.dirname, 'requirements.txt'));
  const lint = 'import sys; from cfnlint.runner import main; sys.exit(main())';
  const parameters = ['-c', lint, '--ignore-checks', OF_CDK, '--', ...files];
  const found = await promisify(execFile)(python, parameters).catch((error) => error);
  expect([found.code, found.stdout, found.stderr]).toEqual([undefined, '', '']);
});
