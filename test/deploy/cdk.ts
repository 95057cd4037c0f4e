import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Outputs } from '../../local/outputs.ts';

/** The outputs of the stack, including the ones that `npm start` does not have. */
export interface DeployedOutputs extends Outputs {
  readonly EventBusName: string;
  readonly StreamDeadLettersUrl: string;
}

/** Variables that point AWS's tools and SDKs to an emulator. */
export const emulatedAccount = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

/** The usual command line of the CDK, with an emulator in place of AWS. */
export class Cdk {
  readonly #endpoint: string;
  readonly #directory: string;

  /** What is synthesized goes to the directory. */
  constructor(endpoint: string, directory: string) {
    this.#endpoint = endpoint;
    this.#directory = directory;
  }

  bootstrap(): Promise<void> {
    return this.#run('bootstrap');
  }

  /** Deploys with settings in the form of `-c`. Returns the outputs of the stack. */
  async deploy(settings: Record<string, string>): Promise<DeployedOutputs> {
    const file = join(this.#directory, 'outputs.json');
    const context = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    await this.#run('deploy', '--require-approval', 'never', '--outputs-file', file, ...context);
    return JSON.parse(await readFile(file, 'utf8')).Referrals;
  }

  destroy(): Promise<void> {
    return this.#run('destroy', '--force');
  }

  async #run(...parameters: string[]): Promise<void> {
    const { AWS_PROFILE: _, ...environment } = process.env;
    const output = join(this.#directory, 'cdk.out');
    const npx = spawn('npx', ['cdk', ...parameters, '--output', output], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: {
        ...environment,
        ...emulatedAccount(this.#endpoint),
        // Sends nothing to Amazon.
        CDK_NOTICES: 'false',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [printed, complaints, [code]] = await Promise.all([
      text(npx.stdout),
      text(npx.stderr),
      once(npx, 'close'),
    ]);
    if (code !== 0) {
      throw new Error(`cdk ${parameters.join(' ')} ended with ${code}:\n${printed}${complaints}`);
    }
  }
}
