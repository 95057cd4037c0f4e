#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone runs its sources, so that nobody has to build them; the package has only what was built.
const isClone = existsSync(new URL('./referrals.ts', import.meta.url));
await import(isClone ? './referrals.ts' : '../dist/cli/referrals.mjs');
