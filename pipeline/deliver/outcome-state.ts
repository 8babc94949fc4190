/** The state in which an outcome leaves its operation. */
import type { OperationRow } from '../../canonical/stores/operations.ts';
import type { Outcome } from '../../core/contract.ts';
import { isClosedCode } from '../closed.ts';

const MAX_ATTEMPTS = 8;
/** How long after each refusal the next attempt comes at the earliest: with nightly runs, five nights. */
const AFTER_REFUSAL_MS = [600_000, 3_600_000, 6 * 3_600_000, 20 * 3_600_000] as const;

/** What an outcome changes in the row of its operation. */
export function stateOf(row: OperationRow, outcome: Outcome, now: number): Partial<OperationRow> {
  const base = { answered_at: now, changed_at: now };
  // What it would put there is old by now: it is never sent again, and a person has to know that it did not come about.
  if (row.action === 'load' && (outcome.kind === 'retry' || outcome.kind === 'rejected' || outcome.kind === 'unsent')) {
    const why = `${outcome.kind === 'unsent' ? outcome.trouble.code : outcome.code}: the full load did not come about; where it is still wanted, it is asked for anew`;
    return { ...base, state: 'rejected', why, needs_person: 1, not_before: null };
  }
  switch (outcome.kind) {
    case 'applied':
      return {
        ...base,
        state: 'applied',
        why: null,
        needs_person: 0,
        notices: outcome.notices === undefined || outcome.notices.length === 0 ? null : JSON.stringify(outcome.notices),
      };
    case 'unchanged':
      return { ...base, state: 'unchanged', why: null, needs_person: 0 };
    case 'accepted':
      return { ...base, state: 'accepted', handle: outcome.handle, why: 'taken, not yet confirmed' };
    case 'retry':
      // A call that was not allowed was no attempt.
      if (isClosedCode(outcome.code))
        return { ...base, state: 'retry', why: outcome.code, not_before: now + outcome.ms, attempts: Math.max(0, row.attempts - 1) };
      if (row.attempts >= MAX_ATTEMPTS) return { ...base, state: 'held', why: `${outcome.code}: given up after ${row.attempts} attempts`, needs_person: 1 };
      return { ...base, state: 'retry', why: outcome.code, not_before: now + outcome.ms };
    case 'rejected':
      return { ...base, state: 'rejected', why: `${outcome.code}: ${outcome.reason}`, ...againAfterRefusal(row, outcome.code, now) };
    case 'unsent':
      // As it was: the way was at fault, so nothing was tried.
      return { changed_at: now, state: 'ready', why: outcome.trouble.code, handle: null, not_before: null, attempts: Math.max(0, row.attempts - 1) };
    case 'overtaken':
      return { ...base, state: 'stale', why: 'changed there since it was read: not overwritten, planned anew', needs_person: 0 };
    case 'unknown':
      return { ...base, state: 'unknown', why: outcome.code };
  }
}

/**
 * The vendor's own words for a refusal may stand for a trouble that passes: they are not taken for its last ones, but for a bounded
 * number of times. What we know ourselves to be impossible, and what was tried often enough, waits for a person.
 */
function againAfterRefusal(row: OperationRow, code: string, now: number): Pick<OperationRow, 'needs_person' | 'not_before'> {
  const wait = code === 'VENDOR_ERROR' ? AFTER_REFUSAL_MS[row.attempts - 1] : undefined;
  return wait === undefined ? { needs_person: 1, not_before: null } : { needs_person: 0, not_before: now + wait };
}
