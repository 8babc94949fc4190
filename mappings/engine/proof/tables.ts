/** Tables of codes and look-ups: what they cover of both sides, and names for generated values. */
import type { Line } from '../line.ts';
import type { CompileOptions } from '../options.ts';
import type { Plan } from '../runtime.ts';
import type { Findings } from './finding.ts';
import type { Tables } from './values.ts';

export interface Named {
  readonly tables: Tables;
  readonly without: ReadonlyMap<string, string>;
}

/** The names that configured tables, and tables of codes of fields without codes of their own, give; by the first field of their line. */
export function tablesOf({ lines, fields }: Plan, lookups: CompileOptions['lookups']): Named {
  const tables = new Map<string, readonly string[]>();
  const without = new Map<string, string>();
  for (const line of lines) {
    const { table, codes, otherwise } = (line.params ?? {}) as { readonly table?: unknown; readonly codes?: unknown; readonly otherwise?: unknown };
    const [field = ''] = line.targets;
    // A field with codes of its own is tried with all of them, so that the share tells of a table that lacks most.
    const own = fields.some((spec) => spec.name === field && spec.codes !== undefined);
    if (typeof codes === 'object' && codes !== null && line.codec === 'code' && !own) {
      const names = Object.values(codes).filter((name): name is string => typeof name === 'string');
      if (names.length > 0) tables.set(field, names);
    }
    if (typeof table !== 'string') continue;
    const names = Object.values(lookups[table] ?? {});
    if (names.length > 0) tables.set(field, names);
    else if (otherwise !== 'keep') without.set(field, table);
  }
  return { tables, without };
}

/** Says which codes of ours have no value in the system: declared, but worth seeing before anything is sent. */
export function checkTables(line: Line, plan: Plan, { without }: Named, findings: Findings): void {
  const spec = plan.fields.find((field) => field.name === line.targets[0]);
  if (line.codec === 'code' && line.only === null && spec?.codes !== undefined) {
    const homeless = line.compiled.declared.filter(({ kind }) => kind === 'no-code').map(({ detail }) => detail);
    if (homeless.length > 0)
      findings.note('table', line.at, line.name, `declared loss: ${homeless.join('; ')}`, 'add a wire value for it, or leave it: such a value is not written');
  }
  const table = without.get(line.targets[0] ?? '');
  if (table !== undefined)
    findings.note('unproved', line.at, line.name, `the table "${table}" is empty here, so nothing can be proved of it`, `fill lookups.${table} of the system`);
}
