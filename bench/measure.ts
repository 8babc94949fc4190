/** Runs a command as a whole process, from start to exit, and measures it. */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { BenchFailure } from './failure.ts';
import { cpuSeconds, endedChildrenCpuSeconds, machineCpuSeconds, treeMemory } from './processes.ts';

const SAMPLE_MS = 100;
const TAIL = 4_000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface Measured {
  /** Wall time from start to exit. */
  readonly seconds: number;
  /** Largest resident memory of the process and all that it started, in bytes. */
  readonly peak: number;
  /** CPU seconds of the process and all that it started. */
  readonly ownCpu: number;
  /** CPU seconds that the database used meanwhile. */
  readonly databaseCpu: number;
  /** Share of the machine (0–1) that went to neither of the two: the vendor, the benchmark itself and whatever else ran. */
  readonly others: number;
  readonly stdout: string;
}

/** `ends`: exit codes of a command that did what it should. With another one it throws, with the end of what the command said. */
export async function measure(command: Command, databasePid: number, ends: readonly number[] = [0]): Promise<Measured> {
  const databaseBefore = cpuSeconds(databasePid);
  const ownBefore = endedChildrenCpuSeconds();
  const machineBefore = machineCpuSeconds();
  const started = performance.now();
  const child = spawn(command.program, command.args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  // Logs may be long; only their end is of interest.
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr = (said.stderr + text).slice(-TAIL)));
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  let peak = 0;
  const sample = (): void => {
    const { sum, highest } = treeMemory(child.pid ?? -1);
    peak = Math.max(peak, sum, highest);
  };
  const sampler = setInterval(sample, SAMPLE_MS);
  const ended = new Promise<{ code: number | null; seconds: number }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, seconds: (performance.now() - started) / 1_000 }));
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    const { code, seconds } = await ended;
    await closed;
    if (code === null || !ends.includes(code)) {
      const line = [command.program, ...command.args].join(' ');
      throw new BenchFailure(`\`${line}\` ended with ${code}:\n${said.stdout.slice(-TAIL)}\n${said.stderr}`);
    }
    const ownCpu = endedChildrenCpuSeconds() - ownBefore;
    const databaseCpu = cpuSeconds(databasePid) - databaseBefore;
    const others = (machineCpuSeconds() - machineBefore - ownCpu - databaseCpu) / (seconds * cpus().length);
    return { seconds, peak, ownCpu, databaseCpu, others: Math.max(0, others), stdout: said.stdout };
  } finally {
    process.off('exit', kill);
    clearInterval(sampler);
  }
}
