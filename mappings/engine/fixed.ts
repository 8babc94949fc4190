/** A line without a path: a value of ours that every record of the vendor has, such as its one bonus programme. */
import type { Value } from '../../core/model.ts';
import { type LossNote, NO_LOSS, type One } from './codec.ts';
import { sameValue } from './equal.ts';

const SAME: LossNote = { kind: 'no-home', detail: 'the same in every record' };

/** Reads as the value whatever the record holds; is never written. */
export function fixed(value: Value): One {
  return {
    arity: 'one',
    declared: NO_LOSS,
    decode: () => value,
    encode: (given) => ({ wire: undefined, losses: sameValue(given, value) ? NO_LOSS : [SAME] }),
    inDomain: () => false,
  };
}
