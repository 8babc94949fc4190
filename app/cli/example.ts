import type { Command } from 'commander';

/** Adds examples to a command's help; each works as pasted. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}
