/** `sverka mapping`: checks of the mapping files, what they cover and what they lose. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Runner } from '../host.ts';
import { activateCommand } from './mapping-activate.ts';
import { mappingCheckCommand } from './mapping-check.ts';
import { mappingCoverageCommand, mappingLossCommand } from './mapping-coverage.ts';
import { diffCommand, historyCommand } from './mapping-history.ts';
import { previewCommand } from './mapping-preview.ts';
import { rollbackCommand } from './mapping-rollback.ts';
import { mappingTestCommand } from './mapping-test.ts';

export function mappingCommand(run: Runner): Command {
  const command = new Command('mapping').description('The mapping files: proved, tested, covered, lost.');
  command.addCommand(mappingCheckCommand(run));
  command.addCommand(mappingTestCommand(run));
  command.addCommand(mappingCoverageCommand(run));
  command.addCommand(mappingLossCommand(run));
  for (const make of [previewCommand, activateCommand, historyCommand, diffCommand, rollbackCommand]) command.addCommand(make(run));
  return withExample(command, 'sverka mapping check');
}
