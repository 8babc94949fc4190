/** The benchmark's own programs, compiled so that none of them pays for a loader, and the vendor process. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Facts, Generation } from './customers.ts';
import { BenchFailure } from './failure.ts';
import type { Variant } from './variants.ts';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const COMPILED = join(ROOT, 'node_modules', '.cache', 'sverka-bench');

/** Path of a compiled program. */
export function program(name: 'floor' | 'vendor'): string {
  return join(COMPILED, `${name}.js`);
}

/** Compiles the programs of the benchmark and, when `ours` is wanted, the product. */
export function compile(ours: boolean): void {
  mkdirSync(COMPILED, { recursive: true });
  writeFileSync(join(COMPILED, 'package.json'), '{ "type": "module" }\n');
  runStep('tsc -p bench/tsconfig.json', [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'bench/tsconfig.json']);
  if (ours) runStep('npm run build', ['app/build.mjs']);
}

function runStep(name: string, args: readonly string[]): void {
  const result = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (result.status !== 0) throw new BenchFailure(`${name} failed:\n${result.stdout}\n${result.stderr}`);
}

export interface VendorProcess {
  readonly url: string;
  /** Serves that generation from now on; answers what a loader must find afterwards. */
  become(generation: Generation): Promise<Facts>;
  stop(): Promise<void>;
}

/** Starts the vendor with `total` customers of generation 1. */
export async function startVendor(total: number, seed: number, { format, answerMs }: Pick<Variant, 'format' | 'answerMs'>): Promise<VendorProcess> {
  const formats = format === 'json' ? 'json' : `json,${format}`;
  const child = spawn(process.execPath, [program('vendor'), String(total), String(seed), formats, String(answerMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const url = `http://127.0.0.1:${await firstLine(child)}`;
  return {
    url,
    async become(generation) {
      const response = await fetch(`${url}/admin/generation?to=${generation}`);
      return (await response.json()) as Facts;
    },
    async stop() {
      process.off('exit', kill);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await ended;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new BenchFailure(`the vendor process ended with ${code}`)));
    child.stdout?.once('data', (line: Buffer) => resolve(line.toString('utf8').trim()));
  });
}
