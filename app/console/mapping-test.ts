/** `sverka mapping test`: the cases beside the mappings, and a new case out of a stored record. */
import { dirname, relative } from 'node:path';
import type { Db } from '../../canonical/db.ts';
import { activeVersions } from '../../canonical/stores/mapping-versions.ts';
import { quarantinedKeys } from '../../canonical/stores/quarantine.ts';
import { loadByKeys } from '../../canonical/stores/records.ts';
import { allSystems } from '../../canonical/stores/systems.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { WireBody } from '../../core/contract.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest.ts';
import type { CaseResult } from '../../mappings/engine/cases.ts';
import { checkMapping } from '../../mappings/engine/compile.ts';
import { caseOfRecord, type MadeCase } from '../../mappings/engine/lookalike/case.ts';
import { caseNames, caseText, withCase } from '../../mappings/engine/lookalike/case-file.ts';
import type { Problem } from '../../mappings/engine/problems.ts';
import { type MappingScope, type MappingTarget, mappingTargets, strays } from '../mapping-targets.ts';
import { shippedMappings } from '../project.ts';
import { type CasesBeside, casesBeside } from './cases-beside.ts';

export interface MappingTest {
  /** Of the system; of a vendor without one, the vendor. */
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  /** Why nothing of it can be tested: faults of the mapping, or of its cases. */
  readonly problems: readonly Problem[];
  /** The cases; null: there are none. */
  readonly casesFile: string | null;
  readonly cases: readonly CaseResult[];
  /** What was tested: the file on the disk, or the version in use. */
  readonly tested: 'disk' | 'active';
  /** Whether the file on the disk is what is in use; null: nothing is, or nobody knows. */
  readonly inUse: boolean | null;
}

/** Which text of a mapping is meant. */
export interface Tested {
  /** Null: nobody knows what is in use. */
  readonly db: Db | null;
  /** The version in use instead of the file on the disk. */
  readonly active: boolean;
}

/** Runs the cases of the scope. A mapping without cases has none to fail. Throws `ConfigError` where the version in use is asked for and nothing is. */
export async function testMappings(loaded: LoadedConfig, scope: MappingScope, { db, active }: Tested): Promise<MappingTest[]> {
  const texts = db === null ? new Map<string, string>() : await textsInUse(db);
  const found = await mappingTargets(loaded, scope);
  const tests = found.targets.map((target): MappingTest => {
    const { system, stream, source } = target;
    const text = target.configured ? texts.get(target.name) : undefined;
    return {
      system,
      stream,
      file: source.file,
      ...(active ? casesBeside(withText(target, text)) : testedCases(target)),
      casesFile: source.cases?.file ?? null,
      tested: active ? 'active' : 'disk',
      inUse: text === undefined ? null : text === source.text,
    };
  });
  const nothing = { casesFile: null, cases: [], tested: 'disk', inUse: null } as const;
  return [...(active ? [] : strays(found).map((stray) => ({ ...stray, ...nothing }))), ...tests];
}

/** What `sverka mapping check` says of the mapping itself comes first. */
function testedCases(target: MappingTarget): CasesBeside {
  const problems = checkMapping(target.source, target.options);
  return problems.length > 0 ? { cases: [], problems } : casesBeside(target);
}

/** Texts of the mappings in use, by `system/stream`. */
async function textsInUse(db: Db): Promise<ReadonlyMap<string, string>> {
  const names = new Map((await allSystems(db)).map(({ id, name }) => [id, name]));
  return new Map((await activeVersions(db)).map((row) => [`${names.get(row.system_id)}/${row.stream}`, row.source]));
}

function withText(target: MappingTarget, text: string | undefined): MappingTarget {
  // Which wire fields there are was checked when it was put into use.
  if (text !== undefined) return { ...target, source: { ...target.source, text }, options: { ...target.options, wire: null } };
  throw new ConfigError('NOT_FOUND', `no version of ${target.name} is in use yet`, {
    hint: 'The first sync puts what it finds into use. Without --active the file on the disk is tested.',
  });
}

/** A record by `<system>/<stream>/<key>`; keys may hold slashes. */
export interface RecordName {
  readonly system: string;
  readonly stream: string;
  readonly key: string;
}

export function recordName(text: string): RecordName {
  const [, system = '', stream = '', key = ''] = /^([^/]+)\/([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (key === '') throw new ConfigError('CONFIG_USAGE', 'a record is named <system>/<stream>/<key>, such as shop/clients/17');
  return { system, stream, key };
}

export interface WrittenCase {
  readonly made: MadeCase;
  /** The case as YAML. */
  readonly text: string;
  /** The cases file, with the case in it. */
  readonly file: string;
  readonly content: string;
  /** Whether the file may be written: those that are shipped are never. */
  readonly isOwn: boolean;
}

/** A case out of a stored record: what the file on the disk, or with `active` the version in use, reads of it. Throws `ConfigError` where there is no such record, or nothing of it could be shown. */
export async function caseFromRecord(loaded: LoadedConfig, db: Db, { system, stream, key }: RecordName, seed: number, active = false): Promise<WrittenCase> {
  const found = await targetOf(loaded, system, stream);
  const target = active ? withText(found, (await textsInUse(db)).get(found.name)) : found;
  const body = await storedBody(db, { system, stream, key });
  const { source, options } = target;
  const made = caseOfRecord({ source, options, body, key, name: freeName(`a stored record of ${stream}, its values replaced`, source.cases), seed });
  if (made === null) {
    throw new ConfigError('CONFIG_USAGE', `no look-alike of ${system}/${stream} was found that shows nothing of the record`, {
      hint: 'Try another --seed, or write the case by hand.',
    });
  }
  const file = source.cases?.file ?? source.file.replace(/\.ya?ml$/, '.cases.yaml');
  return { made, text: caseText(made), file, content: withCase(source.cases, made), isOwn: relative(shippedMappings(), dirname(file)).startsWith('..') };
}

async function targetOf(loaded: LoadedConfig, system: string, stream: string): Promise<MappingTarget> {
  const { targets } = await mappingTargets(loaded, { system });
  const found = targets.find((target) => target.stream === stream);
  if (found !== undefined) return found;
  const streams = targets.map((target) => target.stream);
  throw new ConfigError('CONFIG_USAGE', `${system} has no stream "${stream}"${suggestion(stream, streams) || `; there are ${streams.join(', ')}`}`);
}

async function storedBody(db: Db, { system, stream, key }: RecordName): Promise<WireBody> {
  const row = (await allSystems(db)).find(({ name }) => name === system);
  // What is set aside is newer than the last good body, and makes a case that expects its problem.
  const aside = row === undefined ? undefined : (await quarantinedKeys(db, row.id, stream, [key])).find(({ state }) => state === 'open');
  const [record] = row === undefined ? [] : await loadByKeys(db, row.id, stream, [key]);
  const body = aside?.body ?? record?.body ?? null;
  if (body === null) {
    throw new ConfigError('CONFIG_USAGE', `there is no record ${system}/${stream}/${key} in the store`, {
      hint: 'Look for it with `sverka client find`, or read it with `sverka sync`.',
    });
  }
  return JSON.parse(body) as WireBody;
}

/** The name, with a number where there is a case of that name already. */
function freeName(name: string, cases: MappingTarget['source']['cases']): string {
  const taken = new Set(caseNames(cases));
  for (let number = 1; ; number++) {
    const one = number === 1 ? name : `${name} (${number})`;
    if (!taken.has(one)) return one;
  }
}
