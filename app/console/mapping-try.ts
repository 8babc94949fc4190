/** A mapping while it is being edited: its cases, and some records, compared with what is active. */
import type { Store } from '../../canonical/open.ts';
import { activeIds, type MappingVersionRow } from '../../canonical/stores/mapping-versions.ts';
import { sampleOfStream } from '../../canonical/stores/record-sample.ts';
import { allSystems } from '../../canonical/stores/systems.ts';
import type { WireBody } from '../../core/contract.ts';
import type { CaseResult } from '../../mappings/engine/cases.ts';
import { compileMapping } from '../../mappings/engine/compile.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { MappingError, type Problem } from '../../mappings/engine/problems.ts';
import type { CompiledMapping } from '../../mappings/engine/runtime.ts';
import { activeByName, compileStored } from '../editions.ts';
import type { MappingTarget } from '../mapping-targets.ts';
import { casesBeside } from './cases-beside.ts';
import { type CompareOptions, compareMappings, type MappingChanges, type SampleBody } from './mapping-compare.ts';

export interface Trial {
  readonly mapping: string;
  readonly file: string;
  /** Not empty: it does not compile, or the cases cannot be read. */
  readonly problems: readonly Problem[];
  readonly cases: readonly CaseResult[];
  /** Against what the records are compared; null: there are none, or nothing to compare with. */
  readonly against: 'the active version' | 'the file as it was at the start' | null;
  readonly changes: MappingChanges | null;
  readonly ms: number;
}

export interface TrialOptions extends CompareOptions {
  readonly now: () => number;
  /** Null: cases alone, or records out of a file. */
  readonly store: Store | null;
  /** Records to try on, where they do not come from the store. */
  readonly records: ((target: MappingTarget) => Promise<readonly WireBody[]>) | null;
  /** How many records of a stream. */
  readonly sample: number;
}

interface Base {
  readonly mapping: Mapping;
  readonly against: NonNullable<Trial['against']>;
}

/** Remembers between two looks what need not be read anew. */
export class Trials {
  private readonly options: TrialOptions;
  private readonly bases = new Map<string, Base>();
  private readonly samples = new Map<string, readonly SampleBody[]>();
  private readonly seen = new Map<string, string>();
  private active = '';

  constructor(options: TrialOptions) {
    this.options = options;
  }

  /** Looks at what changed since the last look; the first time at everything. */
  async look(targets: readonly MappingTarget[]): Promise<Trial[]> {
    await this.readActive(targets);
    const trials: Trial[] = [];
    for (const target of targets) {
      const { source, options } = target;
      const sample = await this.sampleOf(target);
      const now = JSON.stringify([source, options, this.active, this.options.records === null ? null : sample]);
      if (this.seen.get(target.name) === now) continue;
      this.seen.set(target.name, now);
      trials.push(this.lookAt(target, sample));
    }
    return trials;
  }

  private lookAt(target: MappingTarget, sample: readonly SampleBody[]): Trial {
    const { source, options } = target;
    const began = this.options.now();
    const trial = { mapping: target.name, file: source.file, cases: [], against: null, changes: null };
    let mapping: CompiledMapping;
    try {
      mapping = compileMapping(source, options);
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      return { ...trial, problems: error.problems, ms: this.options.now() - began };
    }
    const { cases, problems } = casesBeside(target);
    const base = this.bases.get(target.name);
    if (base === undefined) this.bases.set(target.name, { mapping, against: 'the file as it was at the start' });
    const changes = base === undefined || sample.length === 0 ? null : compareMappings(base.mapping, mapping, sample, this.options);
    return { ...trial, problems, cases, against: changes === null ? null : (base?.against ?? null), changes, ms: this.options.now() - began };
  }

  private async sampleOf(target: MappingTarget): Promise<readonly SampleBody[]> {
    const { records, store, sample: most } = this.options;
    // The file may be edited too.
    if (records !== null) return (await records(target)).slice(0, most).map((body, index) => ({ key: `record ${index + 1}`, body }));
    const bodies = this.samples.get(target.name) ?? (await stored(store, target, most));
    this.samples.set(target.name, bodies);
    return bodies;
  }

  /** What is active may change meanwhile, by another command. */
  private async readActive(targets: readonly MappingTarget[]): Promise<void> {
    const { store } = this.options;
    if (store === null) return;
    const active = (await activeIds(store.db)).join();
    if (active === this.active) return;
    this.active = active;
    const rows = await activeByName(store.db);
    for (const target of targets) {
      const row = rows.get(target.name);
      const mapping = row === undefined ? null : compiled(row);
      if (mapping !== null) this.bases.set(target.name, { mapping, against: 'the active version' });
    }
  }
}

/** Null where this installation cannot compile what is active. */
function compiled(row: MappingVersionRow): Mapping | null {
  try {
    return compileStored(row);
  } catch (error) {
    if (error instanceof MappingError) return null;
    throw error;
  }
}

async function stored(store: Store | null, { system, stream }: MappingTarget, most: number): Promise<SampleBody[]> {
  const id = store === null ? undefined : (await allSystems(store.db)).find(({ name }) => name === system)?.id;
  if (store === null || id === undefined) return [];
  const rows = await sampleOfStream(store.db, id, stream, most);
  return rows.flatMap(({ record_key: key, body }) => (body === null ? [] : [{ key, body: JSON.parse(body) as WireBody }]));
}
