/** Mappings that were compiled before: a process that serves composes the same ones for every job. */
import { compileMapping } from '../mappings/engine/compile.ts';
import type { Mapping } from '../mappings/engine/mapping.ts';
import type { CompileOptions } from '../mappings/engine/options.ts';
import type { MappingSource } from '../mappings/engine/source.ts';

/** The mappings of a large installation, and a few that were edited since. */
const KEPT = 100;
const kept = new Map<string, Mapping>();

/**
 * As `compileMapping`, whose answer depends on nothing but what it is given: the same text with the same options is compiled once
 * in a process. Throws `MappingError`, each time anew.
 */
export function compiledOnce(source: MappingSource, options: CompileOptions): Mapping {
  // Where the lines of the configuration stand is asked of a function, which has no content to be compared by.
  if (options.overrides?.placeOf !== undefined) return compileMapping(source, options);
  const content = JSON.stringify([source, options]);
  const mapping = kept.get(content) ?? compileMapping(source, options);
  // The one used last goes to the end, and the one not used for longest is forgotten.
  kept.delete(content);
  kept.set(content, mapping);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return mapping;
}
