/** The program: signals, pipes, and one command line. */
import { catchHangUps, stopSignal } from './signals.ts';

async function main(): Promise<void> {
  // Before all else, which takes a while to be read.
  const [stop, hangUps] = [stopSignal(), catchHangUps()];
  for (const stream of [process.stdout, process.stderr]) {
    // `sverka runs | head` closes the pipe: that is no failure.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      // A full disk below the log: nobody can be told, and the work need not stop for it.
      if (stream === process.stderr) return;
      process.stderr.write(`The answer cannot be written to where it was sent (${error.code}). What was done is done: sverka runs, sverka status\n`);
      process.exit(1);
    });
  }
  const [{ processIo }, { runCommandLine }] = await Promise.all([import('./io.ts'), import('./run.ts')]);
  process.exitCode = await runCommandLine(process.argv.slice(2), { ...processIo(), hangUps }, stop);
}

void main();
