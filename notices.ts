import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** The licences of the packages that source files belong to: each text once, under the names of its packages. */
export function noticesOf(files: readonly string[]): string {
  const directories = files.map((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const packages = new Map<string, string[]>();
  for (const directory of new Set(directories.filter((found) => found !== undefined).toSorted())) {
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const text = licenceFiles(directory) || standardText(manifest);
    const { name, version, license } = manifest;
    packages.set(text, [...(packages.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const entries = [...packages].map(([text, names]) => `${names.join('\n')}\n\n${text}`);
  return ['The files in this folder contain code of these packages.', ...entries].join(
    `\n\n${'-'.repeat(80)}\n\n`,
  );
}

const licenceFiles = (directory: string): string =>
  readdirSync(directory)
    .filter((file) => /^(licen[cs]e|notice)\b/i.test(file))
    .map((file) => readFileSync(join(directory, file), 'utf8').trim())
    .join('\n\n');

/** The text of the licence, for packages that only name it. */
function standardText({ license, author }: { license: string; author: { name: string } }): string {
  const { licenseText } = require(`spdx-license-list/licenses/${license}.json`);
  return licenseText.replace(/<year> <copyright holders?>/i, author.name);
}
