/** What a preview of a mapping edit takes over a stored base: a whole process, from start to exit. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchFailure } from './failure.ts';
import type { Figure } from './figure.ts';
import type { Database } from './mariadb.ts';
import { type Command, measure } from './measure.ts';
import type { Options } from './options.ts';
import { writeOursConfig } from './ours-config.ts';
import { NAME, withStore } from './own-store.ts';
import { startVendor } from './programs.ts';
import { connected, numberOf } from './query.ts';
import { megabytes } from './show.ts';
import { spread } from './statistics.ts';
import { plain } from './variants.ts';

/** With their cards and accounts a little over 100,000 records. */
const CUSTOMERS = 31_000;
const BARS = { seconds: 20, megabytes: 350 };
/** Edits that change every client, the worst there is, and none. */
const EDITS = [
  { what: 'first and last name swapped', from: '[lname, fname, mname]', to: '[fname, lname, mname]' },
  { what: 'notes moved to the attributes', from: '  notes: custom_information', to: '  attributes.virtualpos.notes: custom_information' },
  { what: 'nothing edited', from: '', to: '' },
] as const;
/** Exit codes of a preview: nothing changes, something does. */
const ENDS = [0, 3];

export async function preview(options: Options, database: Database, say: (line: string) => void): Promise<Figure[]> {
  say('preview of a mapping edit, MariaDB');
  const variant = plain(options.concurrency);
  const vendor = await startVendor(CUSTOMERS, options.seed, variant);
  const directory = mkdtempSync(join(tmpdir(), 'sverka-bench-preview-'));
  try {
    const url = database.url(NAME);
    cpSync('mappings/virtualpos', join(directory, 'mappings', 'virtualpos'), { recursive: true });
    const config = writeOursConfig(directory, {
      vendorUrl: vendor.url,
      databaseUrl: url,
      concurrency: variant.ourPages,
      format: 'json',
      mappings: 'mappings',
    });
    return await withStore('mysql', database, async () => {
      await measure(sverka(config, 'sync', '--json'), database.pid);
      const records = await connected(url, (db) => numberOf(db, 'SELECT COUNT(*) FROM records'));
      const figures: Figure[] = [];
      for (const edit of EDITS) figures.push(await previewOf(edit, { options, database, config, directory, records, say }));
      return figures;
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await vendor.stop();
  }
}

interface Base {
  readonly options: Options;
  readonly database: Database;
  readonly config: string;
  readonly directory: string;
  readonly records: number;
  readonly say: (line: string) => void;
}

async function previewOf({ what, from, to }: (typeof EDITS)[number], { options, database, config, directory, records, say }: Base): Promise<Figure> {
  const file = join(directory, 'mappings', 'virtualpos', 'clients.yaml');
  const shipped = readFileSync(file, 'utf8');
  if (!shipped.includes(from)) throw new BenchFailure(`the mapping has no line with ${from} to edit`);
  writeFileSync(file, shipped.replace(from, to));
  const seconds: number[] = [];
  let peak = 0;
  try {
    while (seconds.length < options.repetitions) {
      const run = await measure(sverka(config, 'mapping', 'preview', '--all', '--json'), database.pid, ENDS);
      // Where nothing is edited nothing is looked at, and no view is spoken of.
      const { views = [] } = JSON.parse(run.stdout) as { readonly views?: readonly { readonly changed: number }[] };
      const seen = views.reduce((sum, view) => sum + view.changed, 0);
      if (seen !== (from === to ? 0 : CUSTOMERS)) throw new BenchFailure(`a preview (${what}) counted ${seen} records of ${CUSTOMERS}`);
      say(`  ${what}: ${run.seconds.toFixed(1)} s, ${run.ownCpu.toFixed(1)} s of its own processor time, ${megabytes(run.peak)} MB`);
      seconds.push(run.seconds);
      peak = Math.max(peak, run.peak);
    }
  } finally {
    writeFileSync(file, shipped);
  }
  const { median, min, max } = spread(seconds);
  return {
    what: `${records.toLocaleString('en')} stored records, ${what}`,
    found: `${median.toFixed(1)} s (${min.toFixed(1)}–${max.toFixed(1)}), ${megabytes(peak)} MB`,
    bar: `< ${BARS.seconds} s, < ${BARS.megabytes} MB`,
    met: median < BARS.seconds && megabytes(peak) < BARS.megabytes,
  };
}

function sverka(config: string, ...args: readonly string[]): Command {
  return { program: process.execPath, args: ['dist/app/cli/main.js', ...args, '--config', config] };
}
