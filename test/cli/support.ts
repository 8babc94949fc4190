/** Runs the command line: the built one (`dist/app/cli/main.js`) as a process of its own, or its source in this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { envText } from '../../app/cli/env-text.ts';
import type { Io } from '../../app/cli/host.ts';
import { runCommandLine } from '../../app/cli/run.ts';
import { sandboxConfig } from '../../app/cli/sandbox-config.ts';
import { projectRoot } from '../../app/project.ts';
import { type RunningSandbox, type SandboxSetup, startSandbox } from '../../sandbox/index.ts';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called when the process has begun. */
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with everything said on stdout so far, whenever more is said. */
  readonly onOut?: (said: string, child: ChildProcess) => void;
}

const MAIN = join(projectRoot(), 'dist/app/cli/main.js');

export function sverka(args: readonly string[], options: SpawnOptions): Promise<Finished> {
  const failure = inject('buildFailure');
  if (failure !== null) throw new Error(`the build failed: ${failure}`);
  return new Promise((resolve, reject) => {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: options.cwd,
      env: { PATH, HOME, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    options.onStart?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString();
      options.onOut?.(stdout, child);
    });
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The same in this process, which is faster; `--config` is that of the directory unless given. */
export async function here(args: readonly string[], options: SpawnOptions): Promise<Finished> {
  const config = args.includes('--config') ? [] : ['--config', join(options.cwd, 'sverka.yaml')];
  return typedAt({ env: options.env ?? {} }, [...args, ...config]);
}

/** The same at a terminal: what is not said of it is that nobody is there. */
export async function typedAt(terminal: Partial<Omit<Io, 'out' | 'err'>>, args: readonly string[]): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    outTty: false,
    errTty: false,
    inTty: false,
    ask: async () => null,
    env: {},
    ...terminal,
  };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const code = await runCommandLine(args, io, signal);
  return { code, stdout, stderr };
}

/** A directory of its own, removed with `remove`. */
export function temporary(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sverka-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Trial {
  readonly directory: string;
  readonly sandbox: RunningSandbox;
  /** Runs a command with the trial's configuration. */
  run(...args: readonly string[]): Promise<Finished>;
  /** The same with `--json`; the document. Throws where there is not exactly one. */
  json<T = Record<string, unknown>>(...args: readonly string[]): Promise<{ readonly code: number | null; readonly data: T; readonly stderr: string }>;
  /** Writes the configuration anew, changed. */
  configure(change: (yaml: string) => string): void;
  stop(): Promise<void>;
}

/** Four filled vendors and a configuration that points at them. */
export async function startTrial(setup: Partial<SandboxSetup> = {}, change: (yaml: string) => string = (yaml) => yaml): Promise<Trial> {
  const sandbox = await startSandbox({ people: 30, seed: 3, ...setup });
  const { path: directory, remove } = temporary();
  const { yaml, env } = sandboxConfig(sandbox);
  const configure = (edit: (yaml: string) => string): void => writeFileSync(join(directory, 'sverka.yaml'), edit(yaml), { mode: 0o600 });
  configure(change);
  writeFileSync(join(directory, '.env'), envText(env), { mode: 0o600 });
  const run = (...args: readonly string[]): Promise<Finished> => here(args, { cwd: directory });
  return {
    directory,
    sandbox,
    run,
    configure,
    async json<T>(...args: readonly string[]) {
      const { code, stdout, stderr } = await run(...args, '--json');
      const lines = stdout.trimEnd().split('\n');
      if (lines.length !== 1 || lines[0] === '') throw new Error(`not one document on stdout: ${stdout}\n${stderr}`);
      return { code, data: JSON.parse(lines[0] ?? '') as T, stderr };
    },
    async stop() {
      await sandbox.stop();
      remove();
    },
  };
}

/** One system of VirtualPOS with mapping files of its own; no vendor is called. */
export const SHOP_CONFIG = `store: { sqlite: ./sverka.db }
zone: Europe/Moscow
mappings: ./mappings
systems:
  shop:
    vendor: virtualpos
    settings: { url: https://shop.example, apikey: { env: KEY } }
`;
