import { afterAll } from 'vitest';
import { killServices } from './test-service.ts';

// After each test file, whatever became of its tests.
afterAll(killServices);
