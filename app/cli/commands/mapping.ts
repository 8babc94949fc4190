/** `sverka mapping`: checks of the mapping files, what they cover and what they lose. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Runner } from '../host.ts';
import { mappingCheckCommand } from './mapping-check.ts';
import { mappingCoverageCommand, mappingLossCommand } from './mapping-coverage.ts';
import { mappingTestCommand } from './mapping-test.ts';

export function mappingCommand(run: Runner): Command {
  const command = new Command('mapping').description('The mapping files: proved, tested, covered, lost.');
  command.addCommand(mappingCheckCommand(run));
  command.addCommand(mappingTestCommand(run));
  command.addCommand(mappingCoverageCommand(run));
  command.addCommand(mappingLossCommand(run));
  return withExample(command, 'sverka mapping check');
}
