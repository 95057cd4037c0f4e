import { afterAll } from 'vitest';
import { killProcesses } from './processes.ts';

// Runs after each test file, even if its tests failed.
afterAll(killProcesses);
