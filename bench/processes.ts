/** What Linux knows of processes: memory of a tree, CPU time. Elsewhere everything is `NaN`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Fields of /proc/PID/stat after the name, counted from `state`. */
const PARENT = 1;
const USER_TIME = 11;
const SYSTEM_TIME = 12;
const CHILDREN_USER_TIME = 13;
const CHILDREN_SYSTEM_TIME = 14;
/** Ticks of the CPU figures in /proc: fixed for programs, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

const HAS_PROC = existsSync('/proc/self/stat');

/** Memory of a tree of processes at one moment, in bytes. */
export interface TreeMemory {
  /** Sum of the resident memory of all its processes. */
  readonly sum: number;
  /** Largest resident memory that any one of them ever had. */
  readonly highest: number;
}

/** Memory of `root` and all that it started. A process that ends meanwhile counts as nothing. */
export function treeMemory(root: number): TreeMemory {
  if (!HAS_PROC) return { sum: Number.NaN, highest: Number.NaN };
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = statOf(String(pid));
    if (stat !== null) parents.set(pid, Number(stat[PARENT]));
  }
  let sum = 0;
  let highest = 0;
  for (const pid of parents.keys()) {
    if (!descends(pid, root, parents)) continue;
    const status = read(`/proc/${pid}/status`) ?? '';
    sum += kilobytes(status, 'VmRSS');
    highest = Math.max(highest, kilobytes(status, 'VmHWM'));
  }
  return { sum, highest };
}

/** CPU seconds (user and system) that a process has used so far. */
export function cpuSeconds(pid: number): number {
  const stat = statOf(String(pid));
  return stat === null ? Number.NaN : (Number(stat[USER_TIME]) + Number(stat[SYSTEM_TIME])) / TICKS_PER_SECOND;
}

/** CPU seconds of all children of this process that have ended, with theirs. */
export function endedChildrenCpuSeconds(): number {
  const stat = statOf('self');
  if (stat === null) return Number.NaN;
  return (Number(stat[CHILDREN_USER_TIME]) + Number(stat[CHILDREN_SYSTEM_TIME])) / TICKS_PER_SECOND;
}

/** CPU seconds that the whole machine has been busy since it started, all cores, other work and stolen time included. */
export function machineCpuSeconds(): number {
  const line = /^cpu\s+(.*)$/m.exec(read('/proc/stat') ?? '')?.[1];
  if (line === undefined) return Number.NaN;
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
  return false;
}

function statOf(pid: string): string[] | null {
  const line = read(`/proc/${pid}/stat`);
  return line === null ? null : line.slice(line.lastIndexOf(')') + 2).split(' ');
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
