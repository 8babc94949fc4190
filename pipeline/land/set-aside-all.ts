/** Many records of one stream set aside at once, because a mapping cannot read them. */
import type { Db } from '../../canonical/db.ts';
import { replaceQuarantine } from '../../canonical/stores/set-aside.ts';
import { type QuarantineRow, quarantinedKeys } from '../../canonical/stores/work.ts';
import { digest } from '../../core/hash.ts';
import type { FieldProblem } from '../../mappings/engine/mapping.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';

export interface SetAside {
  readonly stream: string;
  readonly key: string;
  /** JSON. */
  readonly body: string;
  readonly problems: readonly FieldProblem[];
}

/** What a mapping's problems say in the quarantine: the first of them, and how many more there are. */
export function reasonOf(problems: readonly FieldProblem[]): Pick<QuarantineRow, 'code' | 'field' | 'rule' | 'place'> | null {
  const [problem] = problems;
  if (problem === undefined) return null;
  return {
    code: 'RECORD_VALUE',
    field: `${problem.path} → ${problem.field}`,
    rule: problems.length > 1 ? `${problem.rule} (and ${problems.length - 1} more)` : problem.rule,
    place: `${problem.file}:${problem.line}:${problem.column}`,
  };
}

/** Writes the reasons; numbers of `quarantine` must have been reserved. The rows of the records are for the caller to write. */
export async function setAsideAll(trx: Db, engine: Engine, system: SystemSetup, records: readonly SetAside[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const now = engine.setup.clock.now();
  const keys = records.map(({ key }) => key);
  const known = new Map((await quarantinedKeys(trx, system.id, first.stream, keys)).map((row) => [row.record_key, row]));
  const rows = records.flatMap((record): QuarantineRow[] => {
    const reason = reasonOf(record.problems);
    if (reason === null) return [];
    const before = known.get(record.key);
    const open = before?.state === 'open' ? before : undefined;
    return [
      {
        id: before?.id ?? engine.numbers.takeReserved('quarantine'),
        system_id: system.id,
        stream: record.stream,
        record_key: record.key,
        body: record.body,
        digest: digest(record.body),
        ...reason,
        state: 'open',
        first_run: open?.first_run ?? engine.runId,
        first_at: open?.first_at ?? now,
        last_at: now,
        acknowledged: 0,
      },
    ];
  });
  await replaceQuarantine(trx, rows);
}
