/** `sverka mapping preview`: what the edited mappings would change. */
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions } from '../mapping-session.ts';
import { collect, parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { previewRecords } from './mapping-records.ts';

interface PreviewOptions extends MappingsOptions {
  readonly records?: string;
  readonly system: readonly string[];
  readonly sample?: number;
  readonly all: boolean;
  readonly examples: number;
}

export function previewCommand(run: Runner): Command {
  const command = new Command('preview')
    .description(
      'What the edited mappings would change, worked out on the stored records; no vendor is called and nothing is written. Exit code 3: something changes. With --records: what one mapping makes of sample records out of a file, without a store and a system.',
    )
    .argument('[mapping]', 'with --records: <system or vendor>/<stream>, where there is more than one')
    .option('--system <name>', 'only this system (may be given several times)', collect, [])
    .option('--sample <n>', 'only so many records of each stream, spread evenly', parseNumber)
    .option('--all', 'all records, as when nothing is said', false)
    .option('--examples <n>', 'examples for each field', parseNumber, 3)
    .option(
      '--records <file>',
      'sample records as the vendor sends them: a JSON list, or one JSON object on each line; --sample says how many are shown in full',
    );
  return withExample(
    mappingsOptions(command).action(run(preview)),
    'sverka mapping preview',
    'sverka mapping preview --system shop --sample 1000',
    'sverka mapping preview ladya/clients --records ./sample.json --mappings ./mappings',
  );
}

async function preview(invocation: Invocation, which: string | undefined, options: PreviewOptions): Promise<Answer> {
  const { records } = options;
  if (records !== undefined) return previewRecords(invocation, which, { ...options, records });
  if (which !== undefined || options.mappings !== undefined)
    throw new ConfigError('CONFIG_USAGE', 'a single mapping, or a directory of mappings, is previewed on sample records', {
      hint: 'Say --records FILE; or --system NAME for what edits would change in the store.',
    });
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store, setup: compose }) => {
    const { activateEditions, editedMappings } = await import('../../console/mapping-life.ts');
    const { checkScope } = await import('../options.ts');
    checkScope(options.system, [], loaded.config);
    const setup = await compose();
    const editions = await editedMappings(loaded, setup, { systems: options.system });
    if (editions.length === 0) return { code: 0, data: { changes: false, streams: [] }, text: 'nothing is edited: the mappings on the disk are those in use' };
    const { activationText } = await import('../output/activation.ts');
    const sample = options.all ? null : (options.sample ?? null);
    const { showPersonal: personal } = invocation.options;
    const report = await activateEditions(store, setup, editions, { commit: false, sample, note: null, examples: options.examples, personal });
    return { code: report.changes ? 3 : 0, data: report, text: activationText(report) };
  });
}
