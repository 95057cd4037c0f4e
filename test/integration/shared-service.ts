import type { TestProject } from 'vitest/node';
import type { Outputs } from '../../local/outputs.ts';
import { startTestService } from './test-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The service with default settings that all test files share. */
    outputs: Outputs;
    /** A directory for files of a test; gone after the run. */
    scratch: string;
  }
}

/** Starts one service for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startTestService();
  project.provide('outputs', service.outputs);
  project.provide('scratch', service.directory);
  return service.stop;
}
