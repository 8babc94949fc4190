/** What a line says without any effect is a fault: whoever wrote it believes that it holds. */
import type { Codec, Compiled } from './codec.ts';
import type { Problems } from './problems.ts';
import type { Entry } from './source.ts';

interface Said {
  readonly compiled: Compiled;
  readonly codec: Codec;
  /** The codec as the line has it; `codec` may be one that puts it to work on items. */
  readonly named: Codec;
  readonly only: 'pull' | 'push' | null;
  /** How many wire fields the line names. */
  readonly sources: number;
}

/** The keys that say how empty is written, and what is read as empty. */
export function checkEffects({ compiled, codec, named, only, sources }: Said, members: ReadonlyMap<string, Entry>, problems: Problems): void {
  const empty = members.get('empty');
  if (empty !== undefined && only === 'pull') problems.add(empty.at, '"empty" says how empty is written, and this line is only read: take it away');
  else if (empty !== undefined && !writesEmpty(compiled, sources))
    problems.add(empty.at, `"empty" has no effect here, because ${codec.name} empties the wire value in its own way: take it away`);
  for (const key of ['emptyWhen', 'otherwise']) {
    const said = members.get(key);
    if (said !== undefined && only === 'push' && !(key in named.params.shape))
      problems.add(said.at, `"${key}" says how the wire is read, and this line is only written: take it away`);
  }
}

/** Whether the plain empty form is ever what the line writes. */
function writesEmpty(compiled: Compiled, sources: number): boolean {
  if (compiled.arity === 'one') return compiled.clear === undefined;
  if (compiled.arity === 'group' || compiled.clear === undefined) return true;
  return compiled.clear(Array.from({ length: sources }, () => undefined)).wires.includes('');
}
