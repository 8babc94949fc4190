/** One command line from its words to its exit code. */
import { type Command, CommanderError } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import type { Scrub } from '../scrub.ts';
import type { CommonOptions, ExitCode, Invocation, Io, Runner } from './host.ts';
import { buildProgram } from './program.ts';

/** Runs a command line (without `node` and the script). Never rejects. */
export async function runCommandLine(argv: readonly string[], io: Io, signal: AbortSignal): Promise<ExitCode> {
  let code: ExitCode = 0;
  let scrub: Scrub = (text) => text;
  const guard = (next: Scrub): void => {
    scrub = next;
  };
  const run: Runner =
    (action, { hearsHangUps } = { hearsHangUps: false }) =>
    async (...args) => {
      if (!hearsHangUps) io.hangUps?.leave();
      // Commander's last argument is the command itself, which knows the options of all levels.
      const command = args.at(-1) as Command;
      const options = command.optsWithGlobals<CommonOptions>();
      const invocation: Invocation = { io, options, signal, guard };
      const answer = await action(invocation, ...args);
      code = answer.code;
      // A command that runs until it is stopped has given its document already.
      if (options.json) io.out(answer.data === undefined ? '' : `${JSON.stringify(answer.data)}\n`);
      else if (answer.text !== '') io.out(`${answer.text}\n`);
    };
  try {
    await buildProgram(run, io).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return fail(error, io, scrub, argv.includes('--json'));
  }
}

async function fail(error: unknown, io: Io, scrub: Scrub, json: boolean): Promise<ExitCode> {
  const { asSverkaError, errorData, errorText, exitCodeOf } = await import('./output/error.ts');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode === 0 ? 0 : 2;
    // Commander has told the person; a program gets a document.
    if (json) io.out(`${JSON.stringify(errorData(new ConfigError('CONFIG_USAGE', error.message), scrub))}\n`);
    return 2;
  }
  const known = asSverkaError(error);
  if (json) io.out(`${JSON.stringify(errorData(known, scrub))}\n`);
  io.err(`${errorText(known, scrub)}\n`);
  return exitCodeOf(known);
}
