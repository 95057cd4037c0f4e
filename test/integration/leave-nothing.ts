import { afterAll } from 'vitest';
import { killServices } from './test-service.ts';

// Runs after each test file, even if its tests failed.
afterAll(killServices);
