import { readFile } from 'node:fs/promises';

/** Milliseconds of the unit in which Linux counts processor time. */
const TICK = 10;

/** Starts a child process, and finds out its id. Nothing else may start meanwhile. */
export async function startTree<Started>(
  start: () => Promise<Started>,
): Promise<Started & { readonly pid: number }> {
  const before = new Set(await childrenOf(process.pid));
  const started = await start();
  const pid = (await childrenOf(process.pid)).find((child) => !before.has(child));
  if (pid === undefined) throw new Error('This process has no new child.');
  return { ...started, pid };
}

/** Milliseconds of processor time that a process and its descendants have taken so far. */
export async function cpuOf(pid: number): Promise<number> {
  const children = await Promise.all((await childrenOf(pid)).map(cpuOf));
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which can contain anything; see proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return children.reduce((a, b) => a + b, (Number(fields[11]) + Number(fields[12])) * TICK);
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}
