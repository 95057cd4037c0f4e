import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import { seen } from './contract.ts';

// After each test file, for the comparison at the end of the run.
afterAll(() => writeFile(join(inject('answers'), randomUUID()), JSON.stringify([...seen])));
