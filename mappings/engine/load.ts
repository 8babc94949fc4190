/** A set of mapping files handed in as texts: the engine reads no directory itself. */
import { type CaseResult, runCases } from './cases.ts';
import { compileMapping } from './compile.ts';
import type { WireRegistry } from './mapping.ts';
import type { CompileOptions } from './options.ts';
import type { CompiledMapping } from './runtime.ts';
import type { MappingSource } from './source.ts';

/** A mapping file with the cases beside it. */
export interface MappingFile {
  /** By the folder and file name `<vendor>/<stream>.yaml`. */
  readonly vendor: string;
  readonly stream: string;
  readonly mapping: MappingSource;
  readonly cases: MappingSource | null;
}

const NAME = /(?:^|[\\/])([a-z][a-z0-9-]*)[\\/]([A-Za-z][A-Za-z0-9-]*)\.(cases\.)?ya?ml$/;

/** Pairs mapping files with their cases by their names; texts with other names are left out. Sorted by vendor and stream. */
export function loadMappings(sources: Iterable<MappingSource>): readonly MappingFile[] {
  const mappings = new Map<string, { vendor: string; stream: string; source: MappingSource }>();
  const cases = new Map<string, MappingSource>();
  for (const source of sources) {
    const match = NAME.exec(source.file);
    if (match === null) continue;
    const [, vendor = '', stream = '', isCases] = match;
    if (isCases === undefined) mappings.set(`${vendor}/${stream}`, { vendor, stream, source });
    else cases.set(`${vendor}/${stream}`, source);
  }
  return [...mappings]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { vendor, stream, source }]) => ({ vendor, stream, mapping: source, cases: cases.get(name) ?? null }));
}

/** The wire names of a stream out of the registry; null where the registry does not know it. */
export function wireNames(registry: WireRegistry, vendor: string, stream: string): readonly string[] | null {
  return registry.get(vendor)?.get(stream) ?? null;
}

/** Compiles a file, and refuses one whose `vendor` and `stream` are not those of its name. */
export function compileFile(file: MappingFile, options: CompileOptions): CompiledMapping {
  return compileMapping(file.mapping, { ...options, expect: { vendor: file.vendor, stream: file.stream } });
}

/** Runs the cases beside a mapping; none: an empty list. */
export function runFileCases(file: MappingFile, options: CompileOptions): readonly CaseResult[] {
  return file.cases === null ? [] : runCases(file.mapping, file.cases, options);
}
