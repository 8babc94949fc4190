/** Finding clients. */
import type { Store } from '../../canonical/open.ts';
import { clientsNamed, clientsWithKey, clientsWithKeys, entityRow } from '../../canonical/stores/console.ts';

export interface FoundClient {
  readonly id: number;
  readonly by: string;
}

const MOST = 50;

/** Clients by number, phone, e-mail address, card number, a key in any system, or the beginnings of names. */
export async function findClients(store: Store, query: string): Promise<FoundClient[]> {
  const { db } = store;
  const text = query.trim();
  const found = new Map<number, string>();
  const add = (ids: readonly number[], by: string): void => {
    for (const id of ids) if (!found.has(id)) found.set(id, by);
  };
  const digits = text.replace(/[\s()+-]/g, '');
  if (text.includes('@')) add(await clientsWithKeys(db, [{ kind: 'email', value: text.toLowerCase() }], MOST), 'e-mail');
  else if (/^\d+$/.test(digits)) {
    add(
      await clientsWithKeys(
        db,
        phoneForms(digits).map((value) => ({ kind: 'phone', value })),
        MOST,
      ),
      'phone',
    );
    add(await clientsWithKeys(db, [{ kind: 'card', value: digits }], MOST), 'card');
    add(await clientsWithKey(db, text, MOST), 'key');
    if (digits.length <= 15 && (await entityRow(db, 'client', Number(digits))) !== undefined) add([Number(digits)], 'number');
  } else {
    add(await clientsNamed(db, text.split(/\s+/), MOST), 'name');
    add(await clientsWithKey(db, text, MOST), 'key');
  }
  return [...found].slice(0, MOST).map(([id, by]) => ({ id, by }));
}

/** Ways to write a Russian number: with 8, with 7, or without either. */
function phoneForms(digits: string): string[] {
  const forms = [`+${digits}`];
  if (digits.length === 11 && digits.startsWith('8')) forms.push(`+7${digits.slice(1)}`);
  if (digits.length === 10) forms.push(`+7${digits}`);
  return forms;
}
