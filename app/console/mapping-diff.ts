/** Two versions of a mapping as a unified difference: of the file, and of what the configuration adds. */
import { stringify } from 'yaml';
import type { Store } from '../../canonical/open.ts';
import { type MappingVersionRow, versionHistory } from '../../canonical/stores/mapping-versions.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { configuredSystem, sourceOf } from '../editions.ts';
import { unified } from './patch.ts';

export interface MappingDiff {
  readonly system: string;
  readonly stream: string;
  readonly from: string;
  readonly to: string;
  /** Empty: they are the same. */
  readonly text: string;
}

interface Side {
  readonly name: string;
  readonly source: string;
  readonly options: string;
}

/** Versions by the numbers that `history` lists, or `disk`. */
export interface DiffScope {
  readonly system?: string;
  readonly stream?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The active version against the disk where nothing else is asked for; of all streams unless one is named. Throws `ConfigError`. */
export async function mappingDiffs(store: Store, setup: RunSetup, loaded: LoadedConfig, scope: DiffScope): Promise<MappingDiff[]> {
  const diffs: MappingDiff[] = [];
  for (const { id, name, mappings } of setup.systems) {
    if (scope.system !== undefined && scope.system !== name) continue;
    for (const stream of mappings.keys()) {
      if (scope.stream !== undefined && scope.stream !== stream) continue;
      const rows = await versionHistory(store.db, { systemId: id, stream });
      if (rows.length === 0) continue;
      const disk = async (): Promise<Side> => {
        const found = await sourceOf(configuredSystem(loaded, name), stream, loaded);
        return { name: found.file, source: found.source, options: found.options };
      };
      const from = await sideOf(rows, scope.from ?? null, disk);
      const to = scope.to === undefined ? await disk() : await sideOf(rows, scope.to, disk);
      diffs.push({ system: name, stream, from: from.name, to: to.name, text: textOf(from, to) });
    }
  }
  return diffs;
}

async function sideOf(rows: readonly MappingVersionRow[], wanted: string | null, disk: () => Promise<Side>): Promise<Side> {
  if (wanted === 'disk') return disk();
  const row = rows.find((one) => (wanted === null ? one.state === 'active' : one.id === Number(wanted) || one.version === wanted));
  if (row === undefined)
    throw new ConfigError('NOT_FOUND', wanted === null ? 'no version is active' : `there is no version "${wanted}" of that mapping`, {
      hint: '`sverka mapping history` lists the versions by their numbers; `disk` is what lies on the disk.',
    });
  return { name: `version ${row.id}${row.state === 'active' ? ' (active)' : ''}`, source: row.source, options: row.options };
}

function textOf(from: Side, to: Side): string {
  const parts = [
    [from.source, to.source, ''],
    [configured(from), configured(to), ' (configuration)'],
  ] as const;
  return parts
    .filter(([a, b]) => a !== b)
    .map(([a, b, what]) => unified(`${from.name}${what}`, `${to.name}${what}`, a, b))
    .join('\n\n');
}

/** What goes into a version beside the file; where it stands in the configuration is no part of what it says. */
function configured({ options }: Side): string {
  const { overrides, ...rest } = JSON.parse(options) as { readonly overrides?: { readonly place?: unknown } };
  const { place: _, ...said } = overrides ?? {};
  return stringify({ ...rest, overrides: said });
}
