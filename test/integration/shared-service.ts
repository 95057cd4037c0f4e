import type { TestProject } from 'vitest/node';
import type { Outputs } from '../../local/service.ts';
import { startTestService } from './test-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The service with default settings that all test files share. */
    outputs: Outputs;
  }
}

/** Starts one service for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startTestService();
  project.provide('outputs', service.outputs);
  return service.stop;
}
