/** A line that has a `value` and no path: read as that value, never written. */
import type { FieldSpec, Value } from '../../core/model.ts';
import { quoted } from '../../core/names.ts';
import { suggestion } from '../../core/nearest.ts';
import { fits } from './canonical.ts';
import { readCondition } from './condition.ts';
import { fixed } from './fixed.ts';
import { elseOf, type Use } from './line-keys.ts';
import type { Problems } from './problems.ts';
import type { Entry } from './source.ts';

const FIXED_KEYS = ['value', 'when', 'else'];

/** The line, or null when it has faults (they are in `problems`). */
export function fixedLine({ name, at, node }: Entry, field: FieldSpec, members: ReadonlyMap<string, Entry>, problems: Problems, uses: Use[]) {
  const before = problems.list.length;
  const value = members.get('value')?.node;
  for (const member of members.values()) {
    if (!FIXED_KEYS.includes(member.name))
      problems.add(member.at, `${quoted(member.name)} is not known to a line without "from"${suggestion(member.name, [...FIXED_KEYS, 'from'])}`);
  }
  if (field.group === field.name) problems.add(at, `"${field.name}" is a group: name one of its fields`);
  else if (!fits(value?.value, field))
    problems.add(value?.at ?? node.at, `"value" must be a value of ${name}, which is of kind ${field.kind}${codesOf(field)}`);
  const when = members.get('when')?.node;
  const generic = { when: when === undefined ? null : readCondition(when, problems), otherwise: elseOf(members, field, problems) };
  if (generic.when !== null) uses.push(generic.when);
  if (problems.list.length > before) return null;
  const line = {
    codec: 'value',
    params: {},
    compiled: fixed((value?.value ?? null) as Value),
    part: null,
    only: 'pull',
    unreadable: 'problem',
    empty: '',
    emptyWhen: null,
  } as const;
  return { ...line, ...generic, name, targets: [field.name], paths: [], written: [], at };
}

const codesOf = ({ kind, codes }: FieldSpec): string => (kind === 'code' && codes !== undefined ? `: one of ${codes.join(', ')}` : '');
