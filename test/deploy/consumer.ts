import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Packs the package, as `npm publish` would. Returns the path of the tarball. */
export async function packInto(directory: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--pack-destination', directory]);
  return join(directory, stdout.trim().split('\n').at(-1) ?? '');
}

/** The code blocks of the README, or of another document, that are marked with a name, in order. */
export async function readmeBlocks(mark: string, document = 'README.md'): Promise<string[]> {
  const text = await readFile(document, 'utf8');
  return [...text.matchAll(/^```\w+ (\S+)\n(.*?)^```/gms)]
    .filter(([, name]) => name === mark)
    .map(([, , code = '']) => code);
}

/**
 * Runs shell commands. Nothing is asked, and nothing is sent to Amazon.
 *
 * @returns all that they print.
 * @throws Error with all that they print if one of them fails.
 */
export async function follow(
  commands: string,
  cwd: string,
  variables: Record<string, string> = {},
): Promise<string> {
  const { AWS_PROFILE: _, ...environment } = process.env;
  const answers = {
    CDK_REQUIRE_APPROVAL: 'never',
    CDK_NOTICES: 'false',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    npm_config_yes: 'true',
  };
  const env = { ...environment, ...answers, ...variables };
  try {
    const { stdout, stderr } = await run('sh', ['-e', '-c', commands], { cwd, env });
    return stdout + stderr;
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout: string; stderr: string };
    throw new Error(`${commands} failed:\n${stdout}${stderr}`, { cause });
  }
}

/** Puts the README's stack into an app that `cdk init` made, and uncomments the app's own test, as it asks for. */
export async function addReadmeStack(app: string): Promise<void> {
  const [stack = ''] = await readmeBlocks('lib/my-app-stack.ts');
  await writeFile(join(app, 'lib/my-app-stack.ts'), stack);
  const file = join(app, 'test/my-app.test.ts');
  const test = (await readFile(file, 'utf8')).replace(/^\/\/(?! example)/gm, '');
  // In place of the example's queue, a queue of ours.
  await writeFile(file, test.replace('VisibilityTimeout: 300', 'VisibilityTimeout: 600'));
}
