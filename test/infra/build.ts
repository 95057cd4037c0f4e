import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Bundles the functions once, as `cdk deploy` does before it synthesizes. */
export default async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['build.ts']);
}
