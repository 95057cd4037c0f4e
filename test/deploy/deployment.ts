import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { Cdk, type DeployedOutputs, emulatedAccount } from './cdk.ts';
import { startMiniStack } from './ministack.ts';

/** The ready-made stack, deployed to its own emulator. The SDKs of this process call that emulator. */
export interface Deployment {
  readonly outputs: DeployedOutputs;
  /** Deleted when the deployment stops. */
  readonly directory: string;
  /** Deploys again, with settings in the form of `-c`. */
  deploy(settings: Record<string, string>): Promise<DeployedOutputs>;
  destroy(): Promise<void>;
  stop(): Promise<void>;
}

/** @param settings in the form of `-c`, for the first deployment. */
export async function startDeployment(settings: Record<string, string> = {}): Promise<Deployment> {
  const directory = await mkdtemp(join(tmpdir(), 'referrals-deploy-'));
  // If the emulator does not start, its log is there.
  const aws = await startMiniStack(directory);
  for (const [name, value] of Object.entries(emulatedAccount(aws.endpoint))) {
    vi.stubEnv(name, value);
  }
  const cdk = new Cdk(aws.endpoint, directory);
  const deploy = async (changed: Record<string, string>) => ({
    ...(await cdk.deploy({ appUrl: 'https://app.example.com', ...changed })),
    CognitoEndpoint: aws.endpoint,
  });
  const stop = async () => {
    await aws.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await cdk.bootstrap();
    return {
      outputs: await deploy(settings),
      directory,
      deploy,
      destroy: () => cdk.destroy(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
