/**
 * What we pushed, read back (DESIGN §7b): is a value in a new reading our own, the vendor's rendition of it, the old value
 * because the vendor ignored us, or an edit that somebody made there?
 */
import type { Value } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import type { Stamp } from './stamps.ts';

/** A value of ours in a field of a record, and what the vendor itself had said before. */
export interface Push {
  readonly field: string;
  readonly sent: Value;
  readonly holds: Value;
  readonly before: Value;
  /** Undefined: the vendor itself never gave a value. */
  readonly said: Value | undefined;
  readonly stamp: Stamp | null;
  readonly state: 'sent' | 'held' | 'again' | 'ignored';
  readonly sends: number;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly operationId: number;
}

export type Verdict =
  /** Ours, perhaps as the vendor writes it: kept as what is held there. */
  | { readonly kind: 'held'; readonly push: Push }
  /** The vendor did not take it: to be sent once more, then held. */
  | { readonly kind: 'again' | 'ignored'; readonly push: Push }
  /** Somebody edited it there: from now on the vendor's own word. */
  | { readonly kind: 'edit' };

const fold = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase().replaceAll('ё', 'е');

/** A plain trimming, casing or cutting of what we sent. */
export function isRendition(sent: Value, read: Value): boolean {
  if (sameValue(sent, read)) return true;
  if (typeof sent !== 'string' || typeof read !== 'string') return false;
  const [ours, theirs] = [fold(sent), fold(read)];
  return ours === theirs || (theirs.length >= 3 && ours.startsWith(theirs));
}

/**
 * Judges one field of a reading begun after the answer to our write. `vendorTimeMoved`: the record's own change time is later
 * than the answer to our write, so somebody has touched it since.
 */
export function judge(push: Push, read: Value, vendorTimeMoved: boolean): Verdict {
  if (push.state === 'held' || push.state === 'ignored') {
    return sameValue(push.holds, read) ? { kind: push.state, push } : { kind: 'edit' };
  }
  // Ignored once and not sent again yet: an edit of another field in between does not make the old value ours.
  if (push.state === 'again' && sameValue(push.holds, read) && !isRendition(push.sent, read)) return { kind: 'again', push };
  if (sameValue(push.holds, read) || isRendition(push.sent, read)) {
    return { kind: 'held', push: { ...push, holds: read, state: 'held' } };
  }
  if (sameValue(push.before, read) && !vendorTimeMoved) {
    const state = push.sends >= 2 ? 'ignored' : 'again';
    return { kind: state, push: { ...push, holds: read, state } };
  }
  return { kind: 'edit' };
}

/** A field that we did not send when we created the record, at its first reading: the vendor's own default, or an edit. */
export function judgeUnsent(vendorDefault: boolean, read: Value): 'default' | 'edit' {
  return vendorDefault || isEmpty(read) ? 'default' : 'edit';
}
