/** What every command is given, and what it gives back. */
import type { Environment } from '../../config/environment.ts';
import type { Scrub } from '../scrub.ts';
import type { Prompts } from './prompts.ts';

/** 0 done, 1 failed, 2 wrong usage or configuration, 3 done but something new waits for a person. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The terminal, or what stands in its place. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  readonly outTty: boolean;
  readonly errTty: boolean;
  readonly inTty: boolean;
  /** Asks on the terminal; null when there is none. `hidden`: what is typed is not shown. */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string | null>;
  /** Questions with choices and checks; absent where there is no terminal. */
  readonly prompts?: (signal: AbortSignal) => Promise<Prompts>;
  readonly env: Environment;
  /** Absent: nobody hangs up. */
  readonly hangUps?: HangUps;
}

/** SIGHUP. */
export interface HangUps {
  /** Calls back at each, and at once where one came before. They are only noted again when what it gives back was called. */
  hear(then: () => void): () => void;
  /** Nobody is to hear of them: they end the process as they would any other, also one that came before. */
  leave(): void;
}

/** Options that every command knows. */
export interface CommonOptions {
  readonly config: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly showPersonal: boolean;
}

export interface Invocation {
  readonly io: Io;
  readonly options: CommonOptions;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** To be called as soon as the secrets are known: errors pass through it. */
  guard(scrub: Scrub): void;
}

/** `data` is the document of `--json`; `text` what a person reads. */
export interface Answer {
  readonly code: ExitCode;
  readonly data: unknown;
  readonly text: string;
}

/** Runs a command's action: prints its answer, keeps its exit code. `hearsHangUps`: SIGHUP does not end it. */
export type Runner = <Args extends readonly unknown[]>(
  action: (invocation: Invocation, ...args: Args) => Promise<Answer>,
  options?: { readonly hearsHangUps: boolean },
) => (...args: Args) => Promise<void>;
