/** The real terminal. */
import { processEnvironment } from '../../config/environment.ts';
import type { Io } from './host.ts';

export function processIo(): Io {
  const inTty = process.stdin.isTTY === true && process.stderr.isTTY === true;
  let terminal: Promise<{ ask(question: string, hidden: boolean): Promise<string | null> }> | null = null;
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outTty: process.stdout.isTTY === true,
    errTty: process.stderr.isTTY === true,
    inTty,
    env: processEnvironment(),
    ...(inTty ? { prompts: async (signal) => (await import('./prompts.ts')).terminalPrompts(signal) } : {}),
    async ask(question, options = {}) {
      if (!inTty) return null;
      terminal ??= import('./terminal.ts').then((module) => new module.Terminal());
      return (await terminal).ask(question, options.hidden === true);
    },
  };
}
