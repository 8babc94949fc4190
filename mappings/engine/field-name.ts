/** The left side of a line: which field is meant, and what a name that is none may stand for. */
import { ATTRIBUTES, type EntityKind, FIELDS, type FieldSpec } from '../../core/model.ts';
import { quoted } from '../../core/names.ts';
import { suggestion } from '../../core/nearest.ts';
import { SECTIONS } from './file-form.ts';
import type { CompileOptions } from './options.ts';
import type { Problems } from './problems.ts';
import type { Entry } from './source.ts';

/** A group as a field of its own, for codecs that fill several fields. */
export function groupSpec(entity: EntityKind, name: string): FieldSpec | undefined {
  const member = FIELDS.find((one) => one.entity === entity && one.group === name);
  return member === undefined ? undefined : { ...member, name };
}

/** An attribute is kept for its own system alone, so it is named after the vendor of the mapping. */
export function checkOwner({ name, at }: Entry, vendor: string, problems: Problems): void {
  const own = `${ATTRIBUTES}${vendor}.`;
  if (vendor === '' || !name.startsWith(ATTRIBUTES) || name.startsWith(own)) return;
  const field = name.slice(ATTRIBUTES.length).replace(/^[^.]*\./, '');
  problems.add(at, `${quoted(name)} is no attribute of ${vendor}; did you mean "${own}${field}"?`);
}

export const isFieldOf = (entity: EntityKind, name: unknown): boolean => FIELDS.some((one) => one.entity === entity && one.name === name);

/** What the person may have meant by a name that is no field. */
export function otherPlace({ name, node }: Entry, entity: EntityKind, options: CompileOptions): string {
  const of = FIELDS.filter((one) => one.entity === entity);
  const near = suggestion(
    name,
    of.flatMap((one) => (one.group === undefined ? [one.name] : [one.name, one.group])),
  );
  if (SECTIONS.includes(name)) return ': it is a section of the file; let it begin in column 1';
  if (isFieldOf(entity, node.value)) return `: it stands on the wrong side; write \`${node.value}: ${name}\``;
  if (typeof node.value === 'string' && node.value.trim().split(/\s+/).length >= 3) return `; a wire field with a reason belongs under "ignored"${near}`;
  if (near !== '') return near;
  const others = FIELDS.filter((one) => one.name === name).map((one) => one.entity);
  if (others.length > 0) return `: it is one of ${others.join(', ')}`;
  const vendor = options.expect?.vendor ?? '<vendor>';
  return `; what has no field of its own goes to ${ATTRIBUTES}${vendor}.<name>`;
}
