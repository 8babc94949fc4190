/** `sverka mapping test`: runs the cases beside the mappings, and makes new ones out of stored records. */
import { Command } from 'commander';
import type { Store } from '../../../canonical/open.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import { ConfigError } from '../../../core/errors.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { type MappingsOptions, mappingsOptions, withMappings } from '../mapping-session.ts';
import { checkScope, parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { storeIfThere } from '../store-if-there.ts';

interface Options extends MappingsOptions {
  readonly system?: string;
  readonly stream?: string;
  readonly vendor?: string;
  readonly fromRecord?: string;
  readonly print?: true;
  readonly active?: true;
  readonly seed: number;
}

export function mappingTestCommand(run: Runner): Command {
  return withExample(
    mappingsOptions(new Command('test'))
      .description('Run the cases beside the mappings and show what differs, field by field.')
      .option('--system <name>', 'this system only')
      .option('--stream <name>', 'this stream only')
      .option('--vendor <name>', 'a vendor instead of the systems, configured or not')
      .option('--active', 'test the version in use instead of the file on the disk; with --from-record: expect what that one reads')
      .option('--from-record <name>', 'add a case made of a stored record, <system>/<stream>/<key>, with look-alikes in the place of its values')
      .option('--print', 'with --from-record: print the case, write nothing')
      .option('--seed <n>', 'with --from-record: another seed makes other look-alikes', parseNumber, 1)
      .action(run(test)),
    'sverka mapping test --system shop',
    'sverka mapping test --active',
    'sverka mapping test --mappings ./mappings',
    'sverka mapping test --from-record shop/clients/17',
  );
}

async function test(invocation: Invocation, options: Options): Promise<Answer> {
  if (options.fromRecord !== undefined) return fromRecord(invocation, options.fromRecord, options);
  if (options.print === true) throw new ConfigError('CONFIG_USAGE', '--print goes with --from-record');
  return withMappings(invocation, options, async (loaded) => {
    const { testMappings } = await import('../../console/mapping-test.ts');
    const { mappingTestText } = await import('../output/mapping-test.ts');
    const { system, stream, vendor } = options;
    checkScope([system], vendor === undefined ? [stream] : [], loaded.config);
    const tests = await withStoreIfThere(loaded, options, (db) => testMappings(loaded, { system, stream, vendor }, { db, active: options.active === true }));
    if (tests.length === 0) throw new ConfigError('CONFIG_USAGE', `${system ?? vendor ?? 'no system'} has no stream "${stream ?? ''}"`);
    return {
      code: tests.every(({ cases, problems }) => problems.length === 0 && cases.every(({ passed }) => passed)) ? 0 : 2,
      data: tests,
      text: mappingTestText(tests),
    };
  });
}

/** The version in use is told of where there is a store; `--active` needs one. */
async function withStoreIfThere<T>(loaded: LoadedConfig, { active, mappings, vendor }: Options, fn: (db: Store['db'] | null) => Promise<T>): Promise<T> {
  if (active === true && (mappings !== undefined || vendor !== undefined))
    throw new ConfigError('CONFIG_USAGE', '--active goes with the systems of a configuration: nothing is in use of a vendor, or of a directory, alone');
  const { store, why } = mappings === undefined && vendor === undefined ? await storeIfThere(loaded) : { store: null, why: '' };
  try {
    if (active === true && store === null)
      throw new ConfigError('NOT_FOUND', `no version of a mapping is in use: ${why}`, { hint: 'The first sync puts what it finds into use.' });
    return await fn(store?.db ?? null);
  } finally {
    await store?.close();
  }
}

async function fromRecord(invocation: Invocation, name: string, { print, seed, active }: Options): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store }) => {
    const { caseFromRecord, recordName } = await import('../../console/mapping-test.ts');
    const { writtenCaseText } = await import('../output/mapping-test.ts');
    const record = recordName(name);
    checkScope([record.system], [], loaded.config);
    const made = await caseFromRecord(loaded, store.db, record, seed, active === true);
    const writes = print !== true && made.isOwn;
    if (writes) {
      const { writeText } = await import('../../mappings.ts');
      await writeText(made.file, made.content);
    }
    return { code: 0, data: { file: writes ? made.file : null, case: made.made }, text: writtenCaseText(made, writes, print === true) };
  });
}
