/** The real terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { processEnvironment } from '../../config/environment.ts';
import type { Io } from './host.ts';

export function processIo(): Io {
  const inTty = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outTty: process.stdout.isTTY === true,
    errTty: process.stderr.isTTY === true,
    inTty,
    env: processEnvironment(),
    async ask(question, options = {}) {
      if (!inTty) return null;
      process.stderr.write(question);
      const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
      const reader = createInterface({
        input: process.stdin,
        output: options.hidden === true ? mute : process.stderr,
        terminal: true,
      });
      try {
        return await reader.question('');
      } finally {
        reader.close();
        if (options.hidden === true) process.stderr.write('\n');
      }
    },
  };
}
