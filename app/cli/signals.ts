/** The signals of the process, caught from its first moment on: what comes while it starts is neither lost nor ends it midway. */
import { setMaxListeners } from 'node:events';
import { TransientError } from '../../core/errors.ts';
import type { HangUps } from './host.ts';

const STOPS = ['SIGINT', 'SIGTERM'] as const;

/** Aborts at the first Ctrl-C, or at SIGTERM. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    // The second time Ctrl-C ends the process as it would any other.
    for (const name of STOPS) process.removeListener(name, stop);
    controller.abort(new TransientError('RUN_INTERRUPTED', 'stopped by a signal'));
  };
  for (const name of STOPS) process.on(name, stop);
  return controller.signal;
}

/** Notes each SIGHUP until it is known whether the command wants to hear of it. */
export function catchHangUps(): HangUps {
  let noted = false;
  let told: (() => void) | null = null;
  const hangUp = (): void => {
    if (told === null) noted = true;
    else told();
  };
  process.on('SIGHUP', hangUp);
  return {
    hear(then) {
      told = then;
      if (noted) then();
      noted = false;
      return () => {
        told = null;
      };
    },
    leave() {
      process.removeListener('SIGHUP', hangUp);
      if (noted) process.kill(process.pid, 'SIGHUP');
    },
  };
}
