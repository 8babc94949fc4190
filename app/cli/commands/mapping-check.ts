/** `sverka mapping check`: everything that can be known of the mappings before a record is read with them. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions, withMappings } from '../mapping-session.ts';
import { checkScope, parseNumber } from '../options.ts';

interface Options extends MappingsOptions {
  readonly system?: string;
  readonly stream?: string;
  readonly vendor?: string;
  readonly loss?: true;
  readonly runs?: number;
  readonly seed?: number;
}

export function mappingCheckCommand(run: Runner): Command {
  return withExample(
    mappingsOptions(new Command('check'))
      .description('Compile every mapping, run the cases beside it, and prove it against the wire, the model and the laws of its codecs.')
      .option('--system <name>', 'this system only')
      .option('--stream <name>', 'this stream only')
      .option('--vendor <name>', 'a vendor instead of the systems, configured or not')
      .option('--loss', 'also list what is lost, in both directions')
      .option('--runs <n>', 'generated records for each line', parseNumber)
      .option('--seed <n>', 'seed of the generated values', parseNumber)
      .action(run(check)),
    'sverka mapping check',
    'sverka mapping check --system shop --stream clients --loss',
    'sverka mapping check --mappings ./mappings',
  );
}

async function check(invocation: Invocation, options: Options): Promise<Answer> {
  return withMappings(invocation, options, async (loaded) => {
    const { checkMappings, isBroken } = await import('../../console/mapping-check.ts');
    const { mappingCheckText } = await import('../output/mapping.ts');
    checkScope([options.system], [options.stream], loaded.config);
    const checks = await checkMappings(loaded, {
      system: options.system,
      stream: options.stream,
      vendor: options.vendor,
      prove: true,
      ...(options.runs === undefined ? {} : { runs: Math.max(1, options.runs) }),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    return { code: checks.some(isBroken) ? 2 : 0, data: checks, text: mappingCheckText(checks, options.loss === true) };
  });
}
