/** `sverka mapping preview`: what a mapping does, before it does it. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Runner } from '../host.ts';
import { mappingsOptions } from '../mapping-session.ts';
import { parseNumber } from '../options.ts';
import { previewRecords } from './mapping-records.ts';

export function previewCommand(run: Runner): Command {
  const command = new Command('preview')
    .description('What a mapping makes of sample records out of a file: each field read, and written back. Needs no store and no system.')
    .argument('[mapping]', '<system or vendor>/<stream>, where there is more than one')
    .requiredOption('--records <file>', 'sample records as the vendor sends them: a JSON list, or one JSON object on each line')
    .option('--sample <n>', 'how many of them are shown in full (when silent: 3); all are counted', parseNumber);
  return withExample(
    mappingsOptions(command).action(run(previewRecords)),
    'sverka mapping preview ladya/clients --records ./sample.json --mappings ./mappings',
  );
}
