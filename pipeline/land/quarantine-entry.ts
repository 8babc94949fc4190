/** A record that is set aside, as it stands in the quarantine. */
import type { QuarantineRow } from '../../canonical/stores/quarantine.ts';
import { digest } from '../../core/hash.ts';
import type { FieldProblem } from '../../mappings/engine/mapping.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';

/** Why it is set aside. */
export type Why = Pick<QuarantineRow, 'code' | 'field' | 'rule' | 'place'>;

export interface Reason extends Why {
  readonly stream: string;
  readonly key: string;
  /** JSON. */
  readonly body: string;
}

/** So many faults of one record are told. */
const MOST_TOLD = 5;

/** The rules that a record breaks, without values; all but the first with field and line, since those of the first stand beside it. */
function rulesOf([first, ...others]: readonly FieldProblem[]): string {
  const also = others.slice(0, MOST_TOLD - 1).map(({ path, field, line, rule }) => `also ${path} → ${field} (line ${line}): ${rule}`);
  const untold = others.length - also.length;
  return [first?.rule ?? '', ...also, ...(untold > 0 ? [`and ${untold} more`] : [])].join('; ');
}

/** What a mapping's problems say in the quarantine; null where there are none. */
export function unreadable(problems: readonly FieldProblem[]): Why | null {
  const [problem] = problems;
  if (problem === undefined) return null;
  return {
    code: 'RECORD_VALUE',
    field: `${problem.path} → ${problem.field}`,
    rule: rulesOf(problems),
    place: `${problem.file}:${problem.line}:${problem.column}`,
  };
}

/** The entry, in the place of the one that is known; as a new one nobody has acknowledged it. Numbers of `quarantine` must have been reserved. */
export function entryOf(engine: Engine, system: SystemSetup, reason: Reason, known: QuarantineRow | undefined): QuarantineRow {
  const now = engine.setup.clock.now();
  const open = known?.state === 'open' ? known : undefined;
  const { stream, key, body, code, field, rule, place } = reason;
  return {
    id: known?.id ?? engine.numbers.takeReserved('quarantine'),
    system_id: system.id,
    stream,
    record_key: key,
    body,
    digest: digest(body),
    code,
    field,
    rule,
    place,
    state: 'open',
    first_run: open?.first_run ?? engine.runId,
    first_at: open?.first_at ?? now,
    last_at: now,
    acknowledged: 0,
  };
}
