/** `sverka mapping try`: what an edit does, shown with every save. */
import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import type { Store } from '../../../canonical/open.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import { SverkaError } from '../../../core/errors.ts';
import type { Problem } from '../../../mappings/engine/problems.ts';
import type { Trial } from '../../console/mapping-try.ts';
import type { MappingTarget } from '../../mapping-targets.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions, withMappings } from '../mapping-session.ts';
import { parseNumber } from '../options.ts';
import { readConfig } from '../session.ts';
import { storeIfThere } from '../store-if-there.ts';
import { chosen } from './mapping-records.ts';

interface TryOptions extends MappingsOptions {
  readonly records?: string;
  readonly sample: number;
}

/** Differences of a field that are shown. */
const EXAMPLES = 2;

export function tryCommand(run: Runner): Command {
  return withExample(
    mappingsOptions(new Command('try'))
      .description(
        'Watch the mapping files: with each save run the cases, map a sample of stored records with the edit and with the active version, and show the first differences. Ends with Ctrl-C.',
      )
      .argument('[mapping]', '<system or vendor>/<stream>; all when silent')
      .option('--records <file>', 'sample records out of a file instead of stored ones')
      .option('--sample <n>', 'how many records of a stream', parseNumber, 1000)
      .action(run(tryOut)),
    'sverka mapping try',
    'sverka mapping try shop/clients',
    'sverka mapping try ladya/clients --records ./sample.json --mappings ./mappings',
  );
}

async function tryOut(invocation: Invocation, which: string | undefined, options: TryOptions): Promise<Answer> {
  return withMappings(invocation, options, async (loaded) => {
    const { store, why } = await openForReading(loaded, options);
    try {
      await watching(invocation, which, options, loaded, store, why);
    } finally {
      await store?.close();
    }
    return { code: 0, data: undefined, text: '' };
  });
}

/** The store, where there is one with records to try on; else why the cases alone are run. */
async function openForReading(loaded: LoadedConfig, options: TryOptions): Promise<{ readonly store: Store | null; readonly why: string }> {
  if (options.mappings !== undefined || options.records !== undefined) return { store: null, why: '' };
  const { store, why } = await storeIfThere(loaded);
  return { store, why: why === '' ? '' : `${why}, so the cases alone are run` };
}

async function watching(
  invocation: Invocation,
  which: string | undefined,
  options: TryOptions,
  first: LoadedConfig,
  store: Store | null,
  why: string,
): Promise<void> {
  const [{ mappingTargets }, { Trials }, { watchFiles }, { sampleRecords }] = await Promise.all([
    import('../../mapping-targets.ts'),
    import('../../console/mapping-try.ts'),
    import('../../adapters/watch.ts'),
    import('../../sample-file.ts'),
  ]);
  const { records } = options;
  const { showPersonal } = invocation.options;
  const trials = new Trials({
    now: () => performance.now(),
    store,
    records: records === undefined ? null : (target) => sampleRecords(records, target.stream),
    sample: options.sample,
    examples: EXAMPLES,
    showPersonal,
  });
  const found = await mappingTargets(first);
  const names = which === undefined || found.problems.length > 0 ? null : new Set([chosen(found, which).name]);
  const say = await sayer(invocation);
  const watched = watchFiles([...watchedPaths(first, found.targets), ...(records === undefined ? [] : [resolve(records)])], invocation.signal);
  try {
    await watched.ready;
    say.note([why, 'Watching; Ctrl-C ends.'].filter((part) => part !== '').join('\n'));
    let loaded = first;
    for (let again = true; again; again = await watched.next()) {
      try {
        if (options.mappings === undefined) loaded = await readConfig(invocation);
        const { targets, problems } = await mappingTargets(loaded);
        say.problems(problems);
        for (const trial of await trials.look(targets.filter((target) => isMeant(target, names, which)))) say.trial(trial);
      } catch (error) {
        // The configuration, too, may be saved half.
        if (!(error instanceof SverkaError)) throw error;
        say.error(error);
      }
    }
  } finally {
    await watched.close();
  }
}

function isMeant(target: MappingTarget, names: ReadonlySet<string> | null, which: string | undefined): boolean {
  return which === undefined || (names === null ? target.name === which || target.system === which : names.has(target.name));
}

/** The configuration, the operator's directory, and where the other mappings lie. */
function watchedPaths({ file, directory, config }: LoadedConfig, targets: readonly MappingTarget[]): string[] {
  const own = config.mappings === undefined ? [] : [resolve(directory, config.mappings)];
  return [...new Set([file, ...own, ...targets.map(({ source }) => dirname(source.file))])];
}

interface Sayer {
  note(text: string): void;
  problems(problems: readonly Problem[]): void;
  trial(trial: Trial): void;
  error(error: SverkaError): void;
}

/** Lines for a person; with --json one document for each mapping looked at. */
async function sayer({ io, options }: Invocation): Promise<Sayer> {
  const [{ problemLines, trialText }, { errorData, errorText }] = await Promise.all([import('../output/mapping-try.ts'), import('../output/error.ts')]);
  const plain = (text: string): string => text;
  let told = '';
  const json = (data: unknown): void => io.out(`${JSON.stringify(data)}\n`);
  return {
    note: (text) => io.err(`${text}\n`),
    problems(problems) {
      const lines = problemLines(problems).join('\n');
      if (lines === told) return;
      told = lines;
      if (options.json) json({ problems });
      else if (lines !== '') io.out(`${lines}\n`);
    },
    trial: (trial) => (options.json ? json(trial) : io.out(`${trialText(trial)}\n`)),
    error: (error) => (options.json ? json(errorData(error, plain)) : io.out(`${errorText(error, plain)}\n`)),
  };
}
