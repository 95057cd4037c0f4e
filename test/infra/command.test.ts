import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'es-module-lexer/js';
import { expect, test } from 'vitest';

const COMMAND = 'dist/cli/referrals.mjs';

/** A bundled file and all that it loads at once. */
function loadedWith(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const [imports] = parse(code);
  const own = imports.flatMap(({ type, specifier }) =>
    type !== 'dynamic' && specifier?.startsWith('.') ? [join(dirname(file), specifier)] : [],
  );
  return [code, ...own.flatMap(loadedWith)];
}

test('the bundled command finds a browser with what it bundles', async () => {
  const env = { ...process.env, CHROME_PATH: '/nowhere/chrome' };
  const parameters = [COMMAND, 'doctor', 'https://app.example.com/'];
  await expect(promisify(execFile)(process.execPath, parameters, { env })).rejects.toMatchObject({
    code: 1,
    stdout: 'Opening https://app.example.com/ …\n',
    stderr: 'CHROME_PATH: there is no program /nowhere/chrome.\n',
  });
});

test('the bundled command loads what drives a browser only where it needs one', () => {
  const startsBrowsers = (code: string) => code.includes('--remote-debugging-port');
  expect(loadedWith(COMMAND).some(startsBrowsers)).toBe(false);
  expect(readFileSync(COMMAND, 'utf8')).toMatch(/import\("\.\/browser-\w+\.mjs"\)/);
});
