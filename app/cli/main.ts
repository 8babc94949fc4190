/** The program: signals, pipes, and one command line. */
import { catchHangUps, stopSignal } from './signals.ts';

async function main(): Promise<void> {
  // Before all else, which takes a while to be read.
  const [stop, hangUps] = [stopSignal(), catchHangUps()];
  for (const stream of [process.stdout, process.stderr]) {
    // `sverka runs | head` closes the pipe: that is no failure.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
  const [{ processIo }, { runCommandLine }] = await Promise.all([import('./io.ts'), import('./run.ts')]);
  process.exitCode = await runCommandLine(process.argv.slice(2), { ...processIo(), hangUps }, stop);
}

void main();
