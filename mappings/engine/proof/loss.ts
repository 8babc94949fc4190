/** What is lost, in both directions: of our values when they are written, of the vendor's when they are read. */
import type { Json } from '../../../core/contract.ts';
import type { Line } from '../line.ts';
import { listLoss } from '../listing.ts';
import { Draft } from '../path.ts';
import type { CompiledMapping } from '../runtime.ts';
import { shown } from './finding.ts';
import { typeOrAnything } from './fits.ts';
import { trialOf } from './try-line.ts';
import type { WireType } from './wire-type.ts';

export interface LossEntry {
  /** `write`: of a value of ours; `read`: of a wire value. */
  readonly way: 'write' | 'read';
  /** A canonical field, or for reading a wire field. */
  readonly field: string;
  readonly kind: string;
  readonly detail: string;
  /** Line of the mapping file; null where no line stands for it. */
  readonly line: number | null;
}

export function lossBothWays(mapping: CompiledMapping, wire: WireType): readonly LossEntry[] {
  const { plan } = mapping;
  const lines = new Map(plan.lines.flatMap((line) => line.targets.map((field) => [field, line.at.line] as const)));
  return [
    ...listLoss(mapping).map((loss): LossEntry => ({ way: 'write', ...loss, line: lines.get(loss.field) ?? null })),
    ...plan.ignored.map(({ name, reason }): LossEntry => ({ way: 'read', field: name, kind: 'ignored', detail: reason, line: null })),
    ...plan.lines.flatMap((line) => readLoss(line, plan.lines, wire)),
  ];
}

/** What a line drops of wire values: what it cannot read, and values that it reads as one. */
export function readLoss(line: Line, all: readonly Line[], wire: WireType): readonly LossEntry[] {
  const field = line.paths.map((path) => path.text).join(', ');
  const entry = (kind: string, detail: string): LossEntry => ({ way: 'read', field, kind, detail, line: line.at.line });
  if (line.only === 'push') return [entry('not-read', `${line.name} is written only`)];
  const losses: LossEntry[] = [];
  if (line.unreadable === 'ignore' || (line.params as { otherwise?: unknown } | null)?.otherwise === 'ignore')
    losses.push(entry('unread', 'what cannot be read is taken as empty'));
  if (line.when !== null) losses.push(entry('condition', `read only under a condition on ${line.when.path.text}`));
  if (line.emptyWhen !== null) losses.push(entry('empty', `${[...line.emptyWhen].map((text) => `"${text}"`).join(', ')} read as empty`));
  return [...losses, ...merged(line, all, wire).map((detail) => entry('merged', detail))];
}

/** Wire values of a table, or of the schema, that come back as another one. */
function merged(line: Line, all: readonly Line[], wire: WireType): readonly string[] {
  const [path] = line.paths;
  if (path === undefined || line.paths.length > 1 || line.part !== null || line.codec === 'flag' || line.codec === 'consent') return [];
  const { codes } = (line.params ?? {}) as { readonly codes?: unknown };
  const rows: readonly Json[] = typeof codes === 'object' && codes !== null ? Object.keys(codes) : typeOrAnything(wire, path.segments).values;
  const trial = trialOf(line, all);
  return rows.flatMap((row) => {
    const draft = new Draft(null);
    draft.write(path, row);
    const { values, fault } = trial.read(draft.wire);
    if (fault !== undefined) return [];
    const back = path.get(trial.write(values).body);
    return back === undefined || String(back) === String(row) ? [] : [`${shown(row)} is written as ${shown(back)}`];
  });
}
