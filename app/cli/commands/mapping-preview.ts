/** `sverka mapping preview`: what the edited mappings would change. */
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { type EditOptions, editOptions, withEdits } from '../edits.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions } from '../mapping-session.ts';
import { parseNumber } from '../options.ts';
import { previewRecords } from './mapping-records.ts';

interface PreviewOptions extends EditOptions, MappingsOptions {
  readonly records?: string;
  readonly sample?: number;
  readonly all: boolean;
}

export function previewCommand(run: Runner): Command {
  const command = editOptions(new Command('preview'))
    .description(
      'What the edited mappings would change, worked out on the stored records; no vendor is called and nothing is written. Exit code 3: something changes. With --records: what one mapping makes of sample records out of a file, without a store and a system.',
    )
    .argument('[mapping]', 'with --records: <system or vendor>/<stream>, where there is more than one')
    .option('--sample <n>', 'only so many records of each stream, spread evenly', parseNumber)
    .option('--all', 'all records, as when nothing is said', false)
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
  return withEdits(invocation, options.system, async ({ store, setup, editions }) => {
    const { activateEditions } = await import('../../console/mapping-life.ts');
    const { activationText } = await import('../output/activation.ts');
    const sample = options.all ? null : (options.sample ?? null);
    const { showPersonal: personal } = invocation.options;
    const report = await activateEditions(store, setup, editions, { commit: false, sample, note: null, examples: options.examples, personal });
    return { code: report.changes ? 3 : 0, data: report, text: activationText(report) };
  });
}
