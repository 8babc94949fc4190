/** Questions on a terminal: one reader for the whole process, so that nothing typed ahead is lost. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { TransientError } from '../../core/errors.ts';

export class Terminal {
  private reader: Interface | null = null;
  private muted = false;
  private ended = false;
  private readonly typed: string[] = [];
  private waiting: { resolve(line: string | null): void; reject(error: unknown): void } | null = null;

  /** The next line; null when the input has ended. Throws `TransientError` at Ctrl-C. */
  async ask(question: string, hidden: boolean): Promise<string | null> {
    process.stderr.write(hidden ? question : '');
    const reader = this.open();
    this.muted = hidden;
    try {
      const line = this.typed.shift();
      if (line !== undefined || this.ended) {
        if (!hidden) process.stderr.write(`${question}${line ?? ''}\n`);
        return line ?? null;
      }
      reader.resume();
      reader.setPrompt(hidden ? '' : question);
      reader.prompt();
      return await new Promise<string | null>((resolve, reject) => {
        this.waiting = { resolve, reject };
      });
    } finally {
      this.waiting = null;
      this.muted = false;
      if (hidden) process.stderr.write('\n');
      // A reader at work would keep the process alive.
      if (!this.ended) reader.pause();
    }
  }

  private open(): Interface {
    if (this.reader !== null) return this.reader;
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.muted) process.stderr.write(chunk);
        done();
      },
    });
    const reader = createInterface({ input: process.stdin, output, terminal: true });
    reader.on('line', (line) => {
      const { waiting } = this;
      // Further lines of the same chunk come before the first one's question goes on.
      this.waiting = null;
      if (waiting === null) this.typed.push(line);
      else waiting.resolve(line);
    });
    reader.on('close', () => {
      this.ended = true;
      this.waiting?.resolve(null);
    });
    reader.on('SIGINT', () => {
      this.waiting?.reject(new TransientError('RUN_INTERRUPTED', 'stopped at a question', { hint: 'Run the command again.' }));
      process.kill(process.pid, 'SIGINT');
    });
    this.reader = reader;
    return reader;
  }
}
