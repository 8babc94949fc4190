/** Records for the benchmark of the mapping engine, as the connectors hand them on. */
import { Gathered, gather, idOf } from '../connectors/virtualpos/rows.ts';
import type { Json, WireBody } from '../core/contract.ts';
import { Dice } from '../sandbox/dice.ts';
import { makePeople } from '../sandbox/people.ts';
import { artixRow, lotinfoRow, vodyanoySeed } from '../sandbox/vendor-rows.ts';
import { customer } from './customers.ts';

/** Customers of VirtualPOS: read out of JSON and taken apart by the connector's own code. */
export function virtualposBodies(count: number, seed: number): readonly WireBody[] {
  const bodies: WireBody[] = [];
  for (let from = 0; from < count; from += 200) {
    const page = Array.from({ length: Math.min(200, count - from) }, (_, index) => customer(from + index, seed, 1));
    const into = new Gathered();
    for (const row of JSON.parse(JSON.stringify(page)) as Json[]) gather(into, row, idOf(row), ELEMENTS);
    bodies.push(...into.clients.map(({ body }) => body));
  }
  return bodies;
}

const ELEMENTS = { cards: 'cards', card: 'card', bonuses: 'bonuses', bonus: 'bonus' };

/** Clients of the other vendors, as their sandboxes keep them. */
export function otherBodies(vendor: 'artix' | 'lotinfo' | 'vodyanoy', count: number, seed: number): readonly WireBody[] {
  const dice = new Dice(seed);
  const rows = makePeople(count, seed).map((person): unknown => {
    if (vendor === 'artix') return artixRow(person, dice);
    if (vendor === 'lotinfo') return lotinfoRow(person, dice);
    const { naimenovanie, telefon, comment, email } = vodyanoySeed(person, dice);
    return { id: '1', naimenovanie, telefon, dop_sc: comment, email, dszd: '24.03.2019 9:39:30', dataizm: '24.03.2022 19:39:30' };
  });
  return JSON.parse(JSON.stringify(rows)) as WireBody[];
}
