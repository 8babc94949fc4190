/** What the commands about edited mappings share: each begins with what lies on the disk and is not in use. */
import type { Command } from 'commander';
import type { Store } from '../../canonical/open.ts';
import type { Edition } from '../../pipeline/activation/edition.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import type { Answer, Invocation } from './host.ts';
import { checkScope, collect, parseNumber } from './options.ts';
import { withStore } from './session.ts';

export interface EditOptions {
  readonly system: readonly string[];
  readonly examples: number;
}

export function editOptions(command: Command): Command {
  return command
    .option('--system <name>', 'only this system (may be given several times)', collect, [])
    .option('--examples <n>', 'examples for each field', parseNumber, 3);
}

export interface Edits {
  readonly store: Store;
  readonly setup: RunSetup;
  /** Not empty. */
  readonly editions: readonly Edition[];
}

/** Answers by itself where nothing is edited. Throws `ConfigError` for a system that is not there, `MappingError` for a file that cannot be compiled. */
export async function withEdits(invocation: Invocation, systems: readonly string[], fn: (edits: Edits) => Promise<Answer>): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store, setup: compose }) => {
    const { editedMappings } = await import('../console/mapping-life.ts');
    checkScope(systems, [], loaded.config);
    const setup = await compose();
    const editions = await editedMappings(loaded, setup, { systems });
    if (editions.length > 0) return fn({ store, setup, editions });
    return { code: 0, data: { activation: null, changes: false, streams: [] }, text: 'nothing is edited: the mappings on the disk are those in use' };
  });
}
