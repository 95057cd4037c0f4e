import { readFile } from 'node:fs/promises';
import type { Emulator } from '../../local/emulator.ts';

/** Milliseconds of the unit in which Linux counts processor time. */
const TICK = 10;

/** An emulator with the process id of all that it runs in. */
export interface ProcessTree extends Emulator {
  readonly pid: number;
}

/** Starts an emulator, with nothing else being started meanwhile. */
export async function startTree(start: () => Promise<Emulator>): Promise<ProcessTree> {
  const before = new Set(await childrenOf(process.pid));
  const emulator = await start();
  const [pid] = (await childrenOf(process.pid)).filter((child) => !before.has(child));
  if (pid === undefined) throw new Error('What was started is no child of this process.');
  return { ...emulator, pid };
}

/** Milliseconds of processor time that a process and its descendants have taken so far. */
export async function cpuOf(pid: number): Promise<number> {
  const children = await Promise.all((await childrenOf(pid)).map(cpuOf));
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which can have anything in it; see proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return children.reduce((all, each) => all + each, (user + system) * TICK);
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}
