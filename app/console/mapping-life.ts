/** The life of mappings: what an edit would change, putting it into use, what was in use, and going back. */
import { hostname, userInfo } from 'node:os';
import type { Store } from '../../canonical/open.ts';
import { activeVersions, type MappingVersionRow, versionHistory } from '../../canonical/stores/mapping-versions.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/model.ts';
import { type ActivationReport, activate } from '../../pipeline/activation/activate.ts';
import type { Edition } from '../../pipeline/activation/edition.ts';
import type { Example } from '../../pipeline/activation/examples.ts';
import { type RollbackReport, rollBack } from '../../pipeline/activation/rollback.ts';
import { OWNER_TO_COME } from '../../pipeline/plan/owner-change.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { memoryKeeper } from '../adapters/memory.ts';
import { configuredSystem, editionOf, sourceOf } from '../editions.ts';
import { shippedBase } from '../mapping-news.ts';
import { shownValue } from './values.ts';

/** An example as it is printed: values about people are masked unless they may be shown. */
export type ShownExample = Omit<Example, 'before' | 'after'> & { readonly before: string; readonly after: string };

type Examples = 'examples' | 'entityExamples' | 'operationExamples';
type Shown<Report extends Readonly<Record<Examples, unknown>>> = Omit<Report, Examples> & Readonly<Record<Examples, readonly ShownExample[]>>;
export type ShownActivation = Shown<ActivationReport>;
export type ShownRollback = Shown<RollbackReport>;

export interface EditScope {
  /** Systems to look at; none: all. */
  readonly systems: readonly string[];
}

/** What lies on the disk and is not active. Throws `MappingError` for a file that cannot be compiled. */
export async function editedMappings(loaded: LoadedConfig, setup: RunSetup, { systems }: EditScope): Promise<Edition[]> {
  const editions: Edition[] = [];
  for (const system of setup.systems) {
    if (systems.length > 0 && !systems.includes(system.name)) continue;
    for (const [stream, active] of system.mappings) {
      const source = await sourceOf(configuredSystem(loaded, system.name), stream, loaded);
      const { compile, ...rest } = source;
      const mapping = compile();
      const known = !setup.mappings.found.some((one) => one.systemId === system.id && one.stream === stream);
      if (!known || mapping.version !== active.version) editions.push({ ...rest, systemId: system.id, mapping });
    }
  }
  return editions;
}

export interface ActivateOptions {
  readonly commit: boolean;
  readonly sample: number | null;
  readonly note: string | null;
  readonly examples: number;
  readonly personal: boolean;
}

/** Puts editions into use, or shows what that would change. */
export async function activateEditions(store: Store, setup: RunSetup, editions: readonly Edition[], options: ActivateOptions): Promise<ShownActivation> {
  const { commit, sample, note, examples, personal } = options;
  const before = new Map((await activeVersions(store.db)).map((row) => [`${row.system_id} ${row.stream}`, row.shipped]));
  const based = editions.map((one) => ({ ...one, shipped: shippedBase(one.source, one.shipped, before.get(`${one.systemId} ${one.stream}`)) }));
  const report = await activate(store, keptSmall(setup), { editions: based, commit, sample, note, examples, author: author() });
  return shown(setup, report, personal);
}

export async function rollBackNewest(
  store: Store,
  setup: RunSetup,
  loaded: LoadedConfig,
  options: Pick<ActivateOptions, 'examples' | 'personal'>,
): Promise<ShownRollback> {
  const compile = (row: MappingVersionRow): Edition => {
    const system = setup.systems.find(({ id }) => id === row.system_id);
    if (system === undefined) throw new ConfigError('NOT_FOUND', 'the newest activation is of a system that is not in the configuration any more');
    return editionOf(row, configuredSystem(loaded, system.name));
  };
  const report = await rollBack(store, keptSmall(setup), { editionOf: compile, examples: options.examples });
  return shown(setup, report, options.personal);
}

/** All that is stored passes through the process: between two pieces of it, what was read is let go of. */
function keptSmall(setup: RunSetup): RunSetup {
  const keep = memoryKeeper();
  const { progress } = setup;
  return {
    ...setup,
    progress: {
      ...progress,
      step(name, done, total) {
        keep();
        progress.step(name, done, total);
      },
    },
  };
}

/** Who activates: the person of the operating system, and where. */
const author = (): string => `${userInfo().username}@${hostname()}`;

function shown<Report extends Readonly<Record<Examples, readonly Example[]>>>(setup: RunSetup, report: Report, personal: boolean): Shown<Report> {
  const { examples, entityExamples, operationExamples, ...rest } = report;
  const texts = (all: readonly Example[]): ShownExample[] => all.map((example) => shownExample(setup, example, personal));
  return { ...rest, examples: texts(examples), entityExamples: texts(entityExamples), operationExamples: texts(operationExamples) };
}

function shownExample(setup: RunSetup, example: Example, personal: boolean): ShownExample {
  const { system, stream, entity, field } = example;
  const mapped = setup.systems.find(({ name }) => name === system)?.mappings.get(stream)?.entity;
  const text = (value: Example['before']): string => {
    if (value === undefined) return '(not said)';
    if (field === 'changedAt') return typeof value === 'number' ? new Date(value).toISOString() : '(none)';
    if (field === 'owner' && example.action !== '' && value === OWNER_TO_COME) return '(the client who is created there)';
    return shownValue((mapped ?? entity) as EntityKind, field, value, personal) || '(empty)';
  };
  return { ...example, before: text(example.before), after: text(example.after) };
}

export interface HistoryEntry {
  readonly id: number;
  readonly activation: number;
  readonly system: string;
  readonly stream: string;
  readonly version: string;
  readonly state: MappingVersionRow['state'];
  readonly at: number;
  readonly author: string;
  readonly note: string | null;
  readonly file: string;
}

/** Newest first. */
export async function mappingHistory(
  store: Store,
  scope: { readonly system?: string; readonly stream?: string; readonly limit: number },
): Promise<HistoryEntry[]> {
  const names = await systemNames(store.db);
  const systemId = [...names].find(([, name]) => name === scope.system)?.[0];
  if (scope.system !== undefined && systemId === undefined) return [];
  const rows = await versionHistory(store.db, {
    ...(systemId === undefined ? {} : { systemId }),
    ...(scope.stream === undefined ? {} : { stream: scope.stream }),
    limit: scope.limit,
  });
  return rows.map((row) => ({
    id: row.id,
    activation: row.activation,
    system: names.get(row.system_id) ?? `#${row.system_id}`,
    stream: row.stream,
    version: row.version,
    state: row.state,
    at: row.activated_at,
    author: row.author,
    note: row.note,
    file: row.file,
  }));
}
