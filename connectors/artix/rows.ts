/** Rows of Artix on their way into batches and answers. */
import type { Batch, Found, Json, RejectedRecord, VendorRecord, WireBody } from '../../core/contract.ts';
import { checkWire, isObject, text } from '../shared/records.ts';
import { withTextIds } from './forms.ts';
import { type ArtixStream, artixWire, KEY_FIELDS } from './wire.ts';

/** UTC ms: when a request was sent and when its answer was complete. */
export interface Span {
  readonly began: number;
  readonly ended: number;
}

/** The dictionary streams: those that the cash server lists. */
export type ListStream = Exclude<ArtixStream, 'bonuses' | 'additional-cards'>;
/** The streams that commands speak of: additional cards have no other way in or out. */
export type CommandStream = ListStream | 'additional-cards';

/** A reading is started over when it was cut off: a list without changes or snapshots of its own cannot be proven whole otherwise. */
const NO_CHECKPOINT: Json = null;

/** One row on its way into a batch. */
export type Row = { readonly record: VendorRecord } | { readonly rejected: RejectedRecord };

/**
 * A row of a dictionary as a record, checked. It covers the whole record: "absent fields are omitted", and a list gives the objects
 * that the look-up by id gives.
 */
export function rowOf(stream: CommandStream, row: Json): Row {
  if (!isObject(row)) {
    return { rejected: { stream, key: null, body: row, field: '', rule: 'expected object' } };
  }
  const body = withTextIds(stream, row);
  const owner = stream === 'cards' ? text(body.idclient) : '';
  return checked(stream, body, owner === '' ? undefined : { stream: 'clients', key: owner });
}

/** A body as a record of its stream, or what broke its form. */
export function checked(stream: ArtixStream, body: WireBody, parent: VendorRecord['parent'], covers?: VendorRecord['covers']): Row {
  const key = text(body[KEY_FIELDS[stream]]);
  const result = checkWire(artixWire[stream], stream, key === '' ? null : key, body);
  if ('rejected' in result) return result;
  return { record: { key, body: result.ok, ...(parent && { parent }), ...(covers && { covers }) } };
}

/** A batch of one stream. Rows whose key is in `seen` are left out: a second row of a key says nothing new. */
export function batchOf(stream: ArtixStream, rows: readonly Row[], span: Span, last: boolean, seen: Set<string>, total?: number): Batch {
  const records: VendorRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const key = 'record' in row ? row.record.key : row.rejected.key;
    if (key !== null && seen.has(key)) continue;
    if (key !== null) seen.add(key);
    if ('record' in row) records.push(row.record);
    else rejected.push(row.rejected);
  }
  return {
    records: new Map([[stream, records]]),
    rejected,
    began: span.began,
    ended: span.ended,
    checkpoint: NO_CHECKPOINT,
    complete: last ? 'snapshot' : 'page',
    ...(total !== undefined && { total }),
  };
}

/** What a look-up found; null is the vendor's "none". */
export function foundOf(stream: ArtixStream, row: Row | null, span: Span): Found {
  const records = row !== null && 'record' in row ? [row.record] : [];
  const rejected = row !== null && 'rejected' in row ? [row.rejected] : [];
  return { records: new Map([[stream, records]]), rejected, ...span };
}

/** The span of two calls together. */
export function widen(span: Span, began: number, ended: number): Span {
  return { began: Math.min(span.began, began), ended: Math.max(span.ended, ended) };
}
