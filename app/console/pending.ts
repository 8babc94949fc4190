/** Edits of mappings that are not in use. */
import type { Db } from '../../canonical/db.ts';
import { activeVersions } from '../../canonical/stores/mapping-versions.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import type { PendingEdit } from '../../pipeline/activation/edition.ts';
import { compileStored, configuredSystem, sourceOf } from '../editions.ts';
import { pendingAll } from '../mapping-news.ts';

/** What lies on the disk, or is said in the configuration, and is not what runs use. */
export async function pendingEdits(db: Db, loaded: LoadedConfig): Promise<PendingEdit[]> {
  const names = await systemNames(db);
  const pending: PendingEdit[] = [];
  for (const row of await activeVersions(db)) {
    const name = names.get(row.system_id) ?? '';
    if (loaded.config.systems[name] === undefined) continue;
    const configured = configuredSystem(loaded, name);
    try {
      pending.push(...pendingAll(await sourceOf(configured, row.stream, loaded), row, compileStored(row)));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      pending.push({ system: name, stream: row.stream, file: row.file, what: 'broken', message: `the mapping ${name}/${row.stream}: ${error.message}` });
    }
  }
  return pending;
}
