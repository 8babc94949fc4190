#!/usr/bin/env node
/** The command `sverka`: signals, pipes, and one command line. */
import { setMaxListeners } from 'node:events';
import { TransientError } from '../../core/errors.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './run.ts';

const controller = new AbortController();
// Every call under way listens to it.
setMaxListeners(0, controller.signal);
const stop = (): void => {
  // The second time Ctrl-C ends the process as it would any other.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, stop);
  controller.abort(new TransientError('RUN_INTERRUPTED', 'stopped by a signal'));
};
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
for (const stream of [process.stdout, process.stderr]) {
  // `sverka runs | head` closes the pipe: that is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}
process.exitCode = await runCommandLine(process.argv.slice(2), processIo(), controller.signal);
