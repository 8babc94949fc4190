/** The store of commands that go without one, too. */
import { resolve } from 'node:path';
import type { Store } from '../../canonical/open.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { SverkaError } from '../../core/errors.ts';
import { openConfigured } from './session.ts';
import { exists } from './write-file.ts';

/** The store, where there is one whose records can be read; else why there is none, for a message. It is never made. */
export async function storeIfThere(loaded: LoadedConfig): Promise<{ readonly store: Store | null; readonly why: string }> {
  const { sqlite, mysql } = loaded.config.store;
  const none = 'there are no stored records yet';
  // Opening would make it.
  if (mysql === undefined && !(await exists(resolve(loaded.directory, sqlite ?? 'sverka.db')))) return { store: null, why: none };
  let store: Store | null = null;
  try {
    store = await openConfigured(loaded);
    const { schemaStatus } = await import('../../canonical/schema/up.ts');
    const { state } = await schemaStatus(store);
    if (state === 'current') return { store, why: '' };
    await store.close();
    return { store: null, why: state === 'empty' ? none : 'the store has another schema version (sverka schema status)' };
  } catch (error) {
    if (!(error instanceof SverkaError)) throw error;
    await store?.close();
    return { store: null, why: `the store cannot be read (${error.message})` };
  }
}
