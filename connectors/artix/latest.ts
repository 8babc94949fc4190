/** Objects of the dictionaries as they are at the moment, with all their columns: what a write that replaces them is laid over. */
import type { Json, PushOperation, WireBody } from '../../core/contract.ts';
import { isOvertaken } from '../shared/overtaken.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import { REST_FORM, renderValue } from './forms.ts';
import { wholeList } from './read.ts';
import type { ListStream } from './rows.ts';
import type { Server } from './server.ts';
import type { RestSettings } from './settings-calls.ts';
import { type ArtixStream, KEY_FIELDS } from './wire.ts';

/** The object under an id; null where there is none. A card group has no call of its own and is taken from the list. Throws as a reading does. */
export async function readLatest(server: Server, rest: RestSettings, stream: ListStream, id: string, signal: AbortSignal): Promise<WireBody | null> {
  if (stream === 'card-types') {
    const rows = (await wholeList(server, rest, stream, signal))?.rows ?? [];
    return rows.filter(isObject).find((row) => text(row[KEY_FIELDS[stream]]) === id) ?? null;
  }
  const { json } = await server.get(stream === 'cards' ? rest.paths.cardById : rest.paths.clientById, { values: { id } }, signal);
  return isObject(json) ? json : null;
}

/** Whether somebody was there first. */
export function overtaken(stream: ArtixStream, operation: PushOperation, latest: WireBody): boolean {
  return isOvertaken(operation, latest, (name, value) => spelling(stream, name, value));
}

/** Masks and flags that are not said are 0; a 0 elsewhere is a value. */
const ZERO_IS_NOTHING: readonly string[] = ['options', 'communications', 'blocked', 'isactive', 'subscriptionadj'];

function spelling(stream: ArtixStream, name: string, value: Json | undefined): string {
  if (isEmpty(value)) return '';
  const plain = renderValue(stream, name, value ?? null, REST_FORM);
  const spelt = typeof plain === 'object' ? JSON.stringify(plain) : text(plain);
  return spelt === '0' && ZERO_IS_NOTHING.includes(name) ? '' : spelt;
}
