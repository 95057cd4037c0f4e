import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// The tests start hundreds of processes, which have their modules compiled once for all of them.
process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/node-compile-cache');

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          globalSetup: 'test/infra/build.ts',
          // To check a template against CloudFormation's rules takes seconds: synth.test.ts has it done.
          env: { CDK_VALIDATION: 'false' },
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/integration/shared-service.ts',
          setupFiles: ['test/integration/leave-nothing.ts', 'test/integration/collect-answers.ts'],
          // Generous, for a machine that has other things to do.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          setupFiles: 'test/integration/leave-nothing.ts',
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: 'test/faults/shared-database.ts',
          setupFiles: 'test/faults/leave-nothing.ts',
          // What fails on purpose is not to be read.
          env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
          // One by one: a fault that is made has to be told from a machine that is busy.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          setupFiles: 'test/integration/leave-nothing.ts',
          // Thousands of requests.
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'deploy',
          include: ['test/deploy/**/*.test.ts'],
          // Each of them builds the package.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
    // Two for each core of a small machine: half of the time they wait for other processes and for timeouts.
    maxWorkers: 4,
  },
});
