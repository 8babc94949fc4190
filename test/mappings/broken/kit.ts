/** The mapping that is broken in every way a hand can break it, and how a fault is written down. */
import { expect } from 'vitest';
import type { CompileOptions, Problem } from '../../../mappings/engine/index.ts';

/** A right mapping; the numbers of its lines are counted from 1. */
export const RIGHT = `vendor: shop
stream: clients
entity: client
key: id
changedAt: { from: edited, as: datetime }
fields:
  name.last: lname
  name.first: fname
  sex: { from: gender, as: code, codes: { M: male, F: female } }
  birthDate:
    from: born
    as: date
    pattern: dd.MM.yyyy
  phone: { from: phone, as: phone }
  email: { from: "contacts[type=email].value", as: list-item }
  consents.sms: { from: agreed, as: bits, member: sms, bit: 8 }
  type: { from: kind, as: lookup, table: kinds }
  registeredAt: { from: made, as: datetime, only: pull }
  childrenCount: { from: kids, as: integer, min: 0, max: 20 }
constants:
  shop: 7
ignored:
  age: the vendor computes it
  crc: check sum of the row
`;

export const WIRE = ['id', 'edited', 'lname', 'fname', 'gender', 'born', 'phone', 'contacts', 'agreed', 'kind', 'made', 'kids', 'shop', 'age', 'crc'];

export const OPTIONS: CompileOptions = {
  zone: 'Europe/Moscow',
  lookups: { kinds: { 1: 'person', 2: 'agent' }, programmes: { 1: 'main' } },
  wire: WIRE,
  settings: { owner: 12 },
  settingNames: ['owner', 'branch'],
  expect: { vendor: 'shop', stream: 'clients' },
};

export const FILE = 'mappings/shop/clients.yaml';

/** `line:column`, then words of which each must stand in the message. */
export type Fault = readonly [place: string, ...words: string[]];

/** What is wrong; a part of the right mapping, once in it; what stands there instead; the faults, all of them and in this order. */
export type Broken = readonly [what: string, from: string, to: string, ...faults: Fault[]];

/** The right mapping with one part exchanged. */
export function broken(from: string, to: string, right: string = RIGHT): string {
  if (right.split(from).length !== 2) throw new Error(`"${from}" does not stand once in the right text`);
  return right.replace(from, () => to);
}

export const placeOf = ({ line, column }: Problem): string => `${line}:${column}`;

/** Just these faults, `line:column message` each, with their words, and each says what to do. */
export function expectFaults(shown: readonly string[], faults: readonly Fault[]): void {
  expect(
    shown.map((one) => one.split(' ')[0]),
    shown.join('\n'),
  ).toEqual(faults.map(([place]) => place));
  for (const [index, [, ...words]] of faults.entries()) for (const word of words) expect(shown[index]).toContain(word);
  for (const one of shown) expect(one).toMatch(REMEDY);
}

/** What a message must hold to be of use: what to do, beside what is wrong. */
const REMEDY =
  /did you mean|write|take|type it|use |one of|known here|belongs|indent|keep|missing|needs|expected|is closed|not closed|begin in column|choose|choice|must|let |goes to|make them one|save|put quotes|quotes round|double it|cannot be a name|two wire|reads|three wire|comma|such as|give |what comes of|settings: |map it|needed|exchange|say |name each|stands here|a list of them|a list: |with points|is a condition|is a map|pattern of yyyy|but wireAs|1, 2, 4, 8/;
