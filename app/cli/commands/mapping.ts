/** `sverka mapping`: the mapping files, from a first look to what is in use. */
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
import { tryCommand } from './mapping-try.ts';
import { upgradeCommand } from './mapping-upgrade.ts';

export function mappingCommand(run: Runner): Command {
  const command = new Command('mapping').description('The mapping files: proved, tested, previewed, put into use and taken back.');
  command.addCommand(mappingCheckCommand(run));
  command.addCommand(mappingTestCommand(run));
  command.addCommand(mappingCoverageCommand(run));
  command.addCommand(mappingLossCommand(run));
  command.addCommand(tryCommand(run));
  command.addCommand(previewCommand(run));
  command.addCommand(activateCommand(run));
  command.addCommand(historyCommand(run));
  command.addCommand(diffCommand(run));
  command.addCommand(rollbackCommand(run));
  command.addCommand(upgradeCommand(run));
  return withExample(command, 'sverka mapping check');
}
