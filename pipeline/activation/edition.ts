/** A mapping with all that it is made of, as it is stored when it is activated. */
import type { NewVersion } from '../../canonical/stores/mapping-versions.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';

/** What a stream of a system is, or would be, mapped with. */
export interface Edition {
  /** Name and number of the system. */
  readonly system: string;
  readonly systemId: number;
  readonly stream: string;
  /** Where the source was read. */
  readonly file: string;
  /** Text of the mapping file. */
  readonly source: string;
  /** JSON of what else it is compiled with; never a secret. */
  readonly options: string;
  /** The shipped mapping of that vendor and stream; null: there is none. */
  readonly shipped: string | null;
  readonly mapping: Mapping;
}

/** An edition as a version in the store; `by`: who activates it, when, in which run and why. */
export function versionOf(
  { systemId, stream, mapping, source, file, options, shipped }: Edition,
  by: Pick<NewVersion, 'author' | 'note' | 'activated_at' | 'run_id'>,
): NewVersion {
  return { ...by, system_id: systemId, stream, version: mapping.version, source, file, options, shipped };
}

/** Something in the mapping files or the configuration that is not in use, because nobody activated it. */
export interface PendingEdit {
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  /** `broken`: it cannot be compiled, and `message` says why. `shipped`: an upgrade brought a newer one, which nobody has taken. */
  readonly what: 'edited' | 'broken' | 'shipped';
  readonly message: string;
}

/** The mappings of a run, and what lies beside them. */
export interface MappingsInUse {
  /** Numbers of the active versions that the systems' mappings were compiled from. */
  readonly active: readonly number[];
  /** Mappings of streams in which nothing is active yet: the run activates them. */
  readonly found: readonly Edition[];
  readonly pending: readonly PendingEdit[];
}
