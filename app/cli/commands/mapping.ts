/** `sverka mapping`: checks of the mapping files, what they cover and what they lose. */
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { MappingView } from '../../console/mapping.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions, withMappings } from '../mapping-session.ts';
import { activateCommand } from './mapping-activate.ts';
import { diffCommand, historyCommand } from './mapping-history.ts';
import { previewCommand } from './mapping-preview.ts';
import { rollbackCommand } from './mapping-rollback.ts';
import { tryCommand } from './mapping-try.ts';
import { upgradeCommand } from './mapping-upgrade.ts';

export function mappingCommand(run: Runner): Command {
  const command = new Command('mapping').description('The mapping files of the configured systems.');
  command.addCommand(
    withExample(
      mappingsOptions(new Command('check').description('Compile every mapping and run the cases beside it.')).action(run(check)),
      'sverka mapping check',
      'sverka mapping check --mappings ./mappings',
    ),
  );
  command.addCommand(
    withExample(
      mappingsOptions(new Command('coverage').description('What becomes of every field of a system.').argument('<system>').argument('[stream]')).action(
        run(coverage),
      ),
      'sverka mapping coverage shop clients',
    ),
  );
  command.addCommand(
    withExample(
      mappingsOptions(new Command('loss').description('What a system cannot keep of our values.').argument('<system>').argument('[stream]')).action(run(loss)),
      'sverka mapping loss crm clients',
    ),
  );
  for (const make of [previewCommand, tryCommand, activateCommand, historyCommand, diffCommand, rollbackCommand, upgradeCommand]) command.addCommand(make(run));
  return withExample(command, 'sverka mapping check');
}

async function check(invocation: Invocation, options: MappingsOptions): Promise<Answer> {
  return withMappings(invocation, options, async (loaded) => {
    const { checkMappings } = await import('../../console/mapping.ts');
    const { mappingCheckText } = await import('../output/mapping.ts');
    const checks = await checkMappings(loaded);
    const broken = checks.some((one) => one.problems.length > 0 || one.cases.some((result) => !result.passed));
    return { code: broken ? 2 : 0, data: checks, text: mappingCheckText(checks) };
  });
}

const coverage = (invocation: Invocation, system: string, stream: string | undefined, options: MappingsOptions): Promise<Answer> =>
  each(invocation, system, stream, options, async (views) => {
    const { table, section, blocks } = await import('../output/table.ts');
    return blocks(
      ...views.map((view) =>
        section(
          `${view.system}/${view.stream} (${view.file})`,
          table(
            ['wire field', 'state', 'canonical fields', 'line', 'reason'],
            view.coverage.map((one) => [one.wire, one.state, one.fields.join(', '), one.line, one.reason]),
            { right: [3], maxWidth: 80 },
          ),
        ),
      ),
    );
  });

const loss = (invocation: Invocation, system: string, stream: string | undefined, options: MappingsOptions): Promise<Answer> =>
  each(invocation, system, stream, options, async (views) => {
    const { table, section, blocks } = await import('../output/table.ts');
    return blocks(
      ...views.map((view) =>
        section(
          `${view.system}/${view.stream} (${view.file})`,
          table(
            ['field', 'kind', 'loss'],
            view.losses.map((one) => [one.field, one.kind, one.detail]),
            { maxWidth: 100 },
          ) || 'nothing is lost',
        ),
      ),
    );
  });

async function each(
  invocation: Invocation,
  system: string,
  stream: string | undefined,
  options: MappingsOptions,
  text: (views: readonly MappingView[]) => Promise<string>,
): Promise<Answer> {
  return withMappings(invocation, options, async (loaded) => {
    const { mappingViews } = await import('../../console/mapping.ts');
    const all = await mappingViews(loaded, system);
    const views = stream === undefined ? all : all.filter((view) => view.stream === stream);
    if (views.length === 0)
      throw new ConfigError('CONFIG_USAGE', `${system} has no stream "${stream ?? ''}"; there are ${all.map((view) => view.stream).join(', ')}`);
    return { code: 0, data: views, text: await text(views) };
  });
}
