/** The command line: options that all commands share, and the commands. */
import { Command, type Option } from 'commander';
import { sverkaVersion } from '../project.ts';
import { alertsCommand } from './commands/alerts.ts';
import { applyCommand } from './commands/apply.ts';
import { bonusCommand } from './commands/bonus.ts';
import { clientCommand } from './commands/client.ts';
import { completionCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { jobsCommand } from './commands/jobs.ts';
import { mappingCommand } from './commands/mapping.ts';
import { migrateCommand } from './commands/migrate.ts';
import { planCommand } from './commands/plan.ts';
import { pruneCommand } from './commands/prune.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { reviewCommand } from './commands/review.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { schemaCommand } from './commands/schema.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { systemCommand } from './commands/system.ts';
import type { Io, Runner } from './host.ts';

const COMMANDS: readonly ((run: Runner) => Command)[] = [
  demoCommand,
  initCommand,
  doctorCommand,
  syncCommand,
  planCommand,
  applyCommand,
  serveCommand,
  jobsCommand,
  migrateCommand,
  statusCommand,
  runsCommand,
  runCommand,
  clientCommand,
  bonusCommand,
  reviewCommand,
  quarantineCommand,
  mappingCommand,
  systemCommand,
  pruneCommand,
  alertsCommand,
  schemaCommand,
  sandboxCommand,
  completionCommand,
];

export function buildProgram(run: Runner, io: Io): Command {
  const program = new Command('sverka')
    .description('Keeps the clients, loyalty cards and bonus balances of a retailer the same in every system that holds them.')
    .version(sverkaVersion())
    .option('-c, --config <file>', 'configuration', './sverka.yaml')
    .option('--json', 'one JSON document on stdout, logs on stderr', false)
    .option('-v, --verbose', 'also debug lines in the log', false)
    .option('--show-personal', 'show values of people where they are masked otherwise', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ sverka demo\n\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but something new waits for a person.',
    );
  for (const make of COMMANDS) program.addCommand(make(run));
  const each = (command: Command): void => {
    command.exitOverride().configureHelp({ showGlobalOptions: true, optionDescription }).configureOutput({ writeOut: io.out, writeErr: io.err });
    command.showSuggestionAfterError(true);
    for (const child of command.commands) each(child);
  };
  each(program);
  return program;
}

/** Switches are off and lists are empty when silent: that need not be said. */
function optionDescription(option: Option): string {
  const silent = option.defaultValue === undefined || option.defaultValue === false || Array.isArray(option.defaultValue);
  return silent ? option.description : `${option.description} (when silent: ${String(option.defaultValue)})`;
}
