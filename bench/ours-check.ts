/** Whether the product's tables hold what the vendor has, after each run. */
import type { Connection } from 'mysql2/promise';
import type { Facts } from './customers.ts';
import type { Phase } from './phases.ts';
import { numberOf } from './query.ts';

/** Position of the last change in the order of all changes of records. */
export function highestChange(db: Connection): Promise<number> {
  return numberOf(db, 'SELECT COALESCE(MAX(change_seq), 0) FROM records');
}

/** What is wrong; empty: nothing. `highest`: `highestChange` just before the run. */
export async function checkOurs(db: Connection, phase: Phase, facts: Facts, highest: number): Promise<string[]> {
  const moved = { first: null, same: 0, changed: facts.changed }[phase];
  const expected: readonly (readonly [what: string, sql: string, value: number])[] = [
    ['clients', 'SELECT COUNT(*) FROM clients', facts.clients],
    ['phones', "SELECT COUNT(*) FROM contacts WHERE kind = 'phone'", facts.phones],
    ['sum of CRC32 of phones', "SELECT SUM(CRC32(value)) FROM contacts WHERE kind = 'phone'", facts.phoneSum],
    ['e-mail addresses', "SELECT COUNT(*) FROM contacts WHERE kind = 'email'", facts.emails],
    ['cards', 'SELECT COUNT(*) FROM cards WHERE client_id IS NOT NULL', facts.cards],
    ['sum of CRC32 of card numbers', 'SELECT SUM(CRC32(number)) FROM cards', facts.cardSum],
    ['bonus accounts', 'SELECT COUNT(*) FROM bonus_accounts', facts.accounts],
    ['sum of sales', 'SELECT SUM(turnover) FROM clients', facts.sales],
    ['sum of balances', 'SELECT SUM(observed) FROM bonus_accounts', facts.points],
    ['records set aside', 'SELECT COUNT(*) FROM quarantine', 0],
    ...(moved === null
      ? []
      : (['clients', 'bonuses'] as const).map(
          (stream) => [`changed records of ${stream}`, `SELECT COUNT(*) FROM records WHERE stream = '${stream}' AND change_seq > ${highest}`, moved] as const,
        )),
    ...(moved === null ? [] : [['changed records of cards', `SELECT COUNT(*) FROM records WHERE stream = 'cards' AND change_seq > ${highest}`, 0] as const]),
  ];
  const wrong: string[] = [];
  for (const [what, sql, value] of expected) {
    const found = await numberOf(db, sql);
    if (found !== value) wrong.push(`${what}: ${found} instead of ${value}`);
  }
  return wrong;
}
