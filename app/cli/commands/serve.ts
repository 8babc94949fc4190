/** `sverka serve`: runs the jobs of the configuration by itself. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withStore } from '../session.ts';

export function serveCommand(run: Runner): Command {
  const command = new Command('serve').description(
    'Run the jobs of the configuration by itself, until it is stopped. Several may serve one store: no job is run twice. SIGHUP reads the configuration anew.',
  );
  return withExample(command.action(run(serveJobs, { hearsHangUps: true })), 'sverka serve');
}

async function serveJobs(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'needed', allLines: true }, async ({ loaded, store, log, reload }) => {
    const [{ serve }, { systemClock }] = await Promise.all([import('../../serve/serve.ts'), import('../../adapters/clock.ts')]);
    const onReload = (then: () => void): (() => void) => invocation.io.hangUps?.hear(then) ?? (() => undefined);
    await serve({ loaded, store, log, clock: systemClock, signal: invocation.signal, reload, onReload });
    return { code: 0, data: { served: true }, text: 'stopped' };
  });
}
