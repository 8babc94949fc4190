/** `sverka mapping coverage` and `sverka mapping loss`: what becomes of every wire field, and what a system cannot keep. */
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { MappingView } from '../../console/mapping-coverage.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions, withMappings } from '../mapping-session.ts';
import { checkScope } from '../options.ts';

interface Options extends MappingsOptions {
  readonly vendor?: string;
}

export function mappingCoverageCommand(run: Runner): Command {
  return withExample(
    mappingsOptions(new Command('coverage'))
      .description('What becomes of every wire field of every system, and of vendors without one: mapped where, one way, ignored why, lost how.')
      .argument('[system]', 'this system only')
      .argument('[stream]', 'this stream only')
      .option('--vendor <name>', 'a vendor instead of a system, configured or not')
      .action(run(coverage)),
    'sverka mapping coverage shop clients',
    'sverka mapping coverage --vendor lotinfo',
  );
}

export function mappingLossCommand(run: Runner): Command {
  return withExample(
    mappingsOptions(new Command('loss'))
      .description('What a system cannot keep of our values, and what is dropped of its own.')
      .argument('[system]', 'this system only')
      .argument('[stream]', 'this stream only')
      .option('--vendor <name>', 'a vendor instead of a system, configured or not')
      .action(run(loss)),
    'sverka mapping loss crm clients',
  );
}

const coverage = (invocation: Invocation, system: string | undefined, stream: string | undefined, options: Options): Promise<Answer> =>
  each(invocation, system, stream, options, async (views) => {
    const { coverageText } = await import('../output/mapping-coverage.ts');
    return coverageText(views);
  });

const loss = (invocation: Invocation, system: string | undefined, stream: string | undefined, options: Options): Promise<Answer> =>
  each(invocation, system, stream, options, async (views) => {
    const { lossText } = await import('../output/mapping-coverage.ts');
    return lossText(views);
  });

async function each(
  invocation: Invocation,
  system: string | undefined,
  stream: string | undefined,
  options: Options,
  text: (views: readonly MappingView[]) => Promise<string>,
): Promise<Answer> {
  return withMappings(invocation, options, async (loaded) => {
    const { vendor } = options;
    const { mappingViews } = await import('../../console/mapping-coverage.ts');
    if (system !== undefined && vendor !== undefined) throw new ConfigError('CONFIG_USAGE', 'a system, or --vendor, but not both');
    checkScope([system], [], loaded.config);
    const all = await mappingViews(loaded, { system, vendor });
    const views = stream === undefined ? all : all.filter((view) => view.stream === stream);
    if (views.length === 0) {
      const streams = [...new Set(all.map((view) => view.stream))].join(', ');
      throw new ConfigError('CONFIG_USAGE', `${system ?? vendor ?? 'the configuration'} has no stream "${stream ?? ''}"; there are ${streams}`);
    }
    return { code: 0, data: views, text: await text(views) };
  });
}
