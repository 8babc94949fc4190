/** The mappings that commands look at: those of the configured systems, and those of vendors that no system uses. */
import { basename, dirname } from 'node:path';
import type { ZodType } from 'zod';
import * as z from 'zod';
import type { LoadedConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest.ts';
import type { CaseResult } from '../../mappings/engine/cases.ts';
import type { CompileOptions } from '../../mappings/engine/options.ts';
import { MappingError, type Problem } from '../../mappings/engine/problems.ts';
import { ownMappings } from '../compile-options.ts';
import { type MappingTarget, type MappingTargets, mappingTargets } from '../mapping-targets.ts';
import { type MappingFile, mappingFile } from '../mappings.ts';
import { CONNECTORS, wireNames } from '../registry.ts';
import { casesBeside } from './cases-beside.ts';

/** A mapping, and what it is compiled with. */
export interface MappingSubject {
  /** Of the system; where none is configured, of the vendor. */
  readonly name: string;
  readonly system: string | null;
  readonly vendor: string;
  readonly stream: string;
  readonly source: MappingFile;
  readonly options: CompileOptions;
  /** JSON Schema of the stream's records; undefined where nobody says what they are. */
  readonly schema: unknown;
}

export interface Subjects {
  readonly subjects: readonly MappingSubject[];
  /** Files in the operator's directory that stand for no mapping, and faults of wire files; none where a system or a stream is asked for. */
  readonly astray: readonly Problem[];
}

/** Which mappings are meant; left out: all. */
export interface MappingScope {
  readonly system?: string | undefined;
  readonly vendor?: string | undefined;
  readonly stream?: string | undefined;
}

/**
 * Mappings of the configured systems, and files in the operator's directory that none of them uses; with a vendor, of that vendor as
 * it is shipped or written, without any system. Throws `ConfigError` for a vendor that nobody knows.
 */
export async function subjectsOf(loaded: LoadedConfig, scope: MappingScope): Promise<Subjects> {
  const { targets, problems } = await mappingTargets(loaded);
  const { system, vendor, stream } = scope;
  const found = await chosen(loaded, scope, { targets, problems });
  const ofScope = system !== undefined || stream !== undefined ? [] : problems.filter(({ file }) => vendor === undefined || basename(dirname(file)) === vendor);
  return { subjects: found.filter((subject) => stream === undefined || subject.stream === stream), astray: ofScope };
}

/** Of all streams. */
async function chosen(loaded: LoadedConfig, { system, vendor }: MappingScope, { targets, problems }: MappingTargets): Promise<readonly MappingSubject[]> {
  if (vendor === undefined) return targets.filter((target) => system === undefined || system === target.system).map(subjectOf);
  if (CONNECTORS.has(vendor)) return ofVendor(loaded, vendor);
  const written = targets.filter((target) => target.vendor === vendor);
  if (written.length > 0 || problems.some(({ file }) => basename(dirname(file)) === vendor)) return written.map(subjectOf);
  const known = [...new Set([...CONNECTORS.keys(), ...targets.map((target) => target.vendor)])];
  throw new ConfigError('CONFIG_USAGE', `there is no vendor "${vendor}"${suggestion(vendor, known) || `; there are ${known.join(', ')}`}`);
}

function subjectOf({ system, configured, vendor, stream, source, options, wire }: MappingTarget): MappingSubject {
  return { name: system, system: configured ? system : null, vendor, stream, source, options, schema: schemaOf(wire) };
}

/** A vendor with a connector, without a system. */
async function ofVendor(loaded: LoadedConfig, vendor: string): Promise<MappingSubject[]> {
  const wires = Object.entries(CONNECTORS.get(vendor)?.wire ?? {});
  return Promise.all(
    wires.map(async ([stream, wire]) => {
      const source = await mappingFile(ownMappings(loaded), vendor, stream);
      const options: CompileOptions = { zone: loaded.config.zone, lookups: {}, wire: wireNames(wire) };
      return { name: vendor, system: null, vendor, stream, source, options, schema: schemaOf(wire) };
    }),
  );
}

/** Vendors that no configured system is of. */
export function unusedVendors(loaded: LoadedConfig): readonly string[] {
  const used = new Set(Object.values(loaded.config.systems).map(({ vendor }) => vendor));
  return [...CONNECTORS.keys()].filter((vendor) => !used.has(vendor));
}

const schemaOf = (wire: ZodType): unknown => z.toJSONSchema(wire, { io: 'input', unrepresentable: 'any' });

/** Results of the cases beside a mapping; a file that cannot be read is a case that fails. */
export function casesOfSubject(subject: MappingSubject): readonly CaseResult[] {
  try {
    return casesBeside(subject);
  } catch (error) {
    if (error instanceof MappingError) return [unreadable(subject.source.cases?.file ?? subject.source.file, error)];
    throw error;
  }
}

function unreadable(file: string, error: ConfigError): CaseResult {
  return {
    name: 'the file of cases',
    file,
    line: error.where.line ?? 1,
    passed: false,
    expectsProblem: false,
    differences: [{ where: 'problem', field: '', expected: 'readable cases', actual: error.message }],
  };
}
