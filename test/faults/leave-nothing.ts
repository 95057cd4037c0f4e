import { afterAll } from 'vitest';
import { killProcesses } from './processes.ts';

// After each test file, whatever became of its tests.
afterAll(killProcesses);
