/** The service `artixcs-online-card`: one card with its client by the card's number, or the cards of a phone. Look-ups only. */
import type { Context } from '../../core/context.ts';
import type { Found, Json, VendorRecord } from '../../core/contract.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import { withTextIds } from './forms.ts';
import { checked, type Row, type Span, widen } from './rows.ts';
import { openServer } from './server.ts';
import type { OnlineCardSettings } from './settings-calls.ts';
import { type ArtixStream, artixWire } from './wire.ts';

export interface OnlineCard {
  byNumber(cardNumber: string, signal: AbortSignal): Promise<Found>;
  byPhone(phone: string, signal: AbortSignal): Promise<Found>;
}

export function openOnlineCard(ctx: Context, settings: OnlineCardSettings): OnlineCard {
  const server = openServer(ctx, 'Artix online card', settings);
  const { paths } = settings;

  async function rowsOfCard(number: string, signal: AbortSignal): Promise<Span & { rows: [ArtixStream, Row][] }> {
    const { json, began, ended } = await server.get(paths.cardByNumber, { values: { number } }, signal);
    return { rows: isObject(json) ? rowsIn(json) : [], began, ended };
  }

  return {
    async byNumber(cardNumber, signal) {
      const { rows, ...span } = await rowsOfCard(cardNumber, signal);
      return foundIn(rows, span);
    },

    async byPhone(phone, signal) {
      const rows: [ArtixStream, Row][] = [];
      let span: Span | null = null;
      for (const form of formsOf(phone, settings.phoneForms)) {
        const { json, began, ended } = await server.get(paths.cardsByPhone, { values: { phone: form } }, signal);
        span = span === null ? { began, ended } : widen(span, began, ended);
        for (const number of numbersIn(json)) {
          const card = await rowsOfCard(number, signal);
          span = widen(span, card.began, card.ended);
          rows.push(...card.rows);
        }
        if (rows.length > 0) break;
      }
      return foundIn(rows, span ?? { began: ctx.clock.now(), ended: ctx.clock.now() });
    },
  };
}

/** Numbers of the simplified cards; one object alone counts as a list of one. */
function numbersIn(json: Json | undefined): string[] {
  const list: readonly Json[] = Array.isArray(json) ? json : json === undefined ? [] : [json];
  const numbers = list.map((card) => (isObject(card) ? text(card.number) || text(card.cardNumber) : text(card)));
  return [...new Set(numbers.filter((number) => number !== ''))];
}

/**
 * A card and its client. The service shows a part of each, and no document says which: only the columns that it names are spoken of,
 * and what is empty there is not believed to be empty in the dictionary.
 */
function rowsIn(json: { readonly [name: string]: Json }): [ArtixStream, Row][] {
  const client = isObject(json.client) ? json.client : null;
  const idclient = client === null ? text(json.idclient) : text(client.idclient) || text(json.idclient);
  const card = known('cards', { ...json, idcard: text(json.idcard) || text(json.number), ...(idclient !== '' && { idclient }) });
  const rows: [ArtixStream, Row][] = [['cards', checked('cards', card, idclient === '' ? undefined : { stream: 'clients', key: idclient }, Object.keys(card))]];
  if (client !== null && idclient !== '') {
    const body = known('clients', { ...client, idclient });
    rows.push(['clients', checked('clients', body, undefined, Object.keys(body))]);
  }
  return rows;
}

function known(stream: 'cards' | 'clients', json: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  const columns = artixWire[stream].shape;
  return withTextIds(stream, Object.fromEntries(Object.entries(json).filter(([name, value]) => Object.hasOwn(columns, name) && !isEmpty(value))));
}

function foundIn(rows: readonly [ArtixStream, Row][], span: Span): Found {
  const records = new Map<string, VendorRecord[]>();
  const seen = new Set<string>();
  for (const [stream, row] of rows) {
    if (!('record' in row) || seen.has(`${stream} ${row.record.key}`)) continue;
    seen.add(`${stream} ${row.record.key}`);
    records.set(stream, [...(records.get(stream) ?? []), row.record]);
  }
  return { records, rejected: rows.flatMap(([, row]) => ('rejected' in row ? [row.rejected] : [])), ...span };
}

/** A Russian number in the forms in which the vendor may keep it; any other as its digits. */
function formsOf(phone: string, forms: readonly ('7' | '8' | '+7')[]): string[] {
  const digits = phone.replace(/\D/g, '');
  const russian = /^[78](\d{10})$/.exec(digits);
  return russian === null ? [digits] : forms.map((form) => `${form}${russian[1]}`);
}
