/** People as the operators of the sandbox write them down: nothing here knows of the mappings, so a misreading shows. */
import { describe, expect, it } from 'vitest';
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import { Dice } from '../../sandbox/dice.ts';
import { makePeople, type Person } from '../../sandbox/people.ts';
import { artixRow, lotinfoRow, virtualposRow, vodyanoySeed } from '../../sandbox/vendor-rows.ts';
import { shipped } from './shipped.ts';

const PEOPLE = makePeople(400, 7);
const two = (part: number): string => String(part).padStart(2, '0');

function vodyanoyBody(person: Person, dice: Dice): WireBody {
  const { naimenovanie, telefon, comment, email } = vodyanoySeed(person, dice);
  return Object.fromEntries(
    Object.entries({ naimenovanie, telefon, dop_sc: comment, email }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const VENDORS = [
  { vendor: 'virtualpos', row: (person: Person, dice: Dice) => virtualposRow(person, dice) as WireBody },
  { vendor: 'artix', row: (person: Person, dice: Dice) => artixRow(person, dice) as WireBody },
  { vendor: 'lotinfo', row: (person: Person, dice: Dice) => lotinfoRow(person, dice) as WireBody },
  { vendor: 'vodyanoy', row: vodyanoyBody },
];

/** Letters alone, ё as е: what spelling leaves of a name. */
const plain = (name: unknown): string =>
  String(name ?? '')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .trim();

describe.each(VENDORS)('people in $vendor', ({ vendor, row }) => {
  const mapping = shipped(vendor, 'clients');
  const dice = new Dice(11);
  const read = PEOPLE.map((person) => ({ person, decoded: mapping.decode(row(person, dice)) }));
  const said = (field: string): readonly { person: Person; values: FieldValues }[] =>
    read.flatMap(({ person, decoded: { values } }) => ((values[field] ?? null) === null ? [] : [{ person, values }]));

  it('are all read', () => {
    expect(read.flatMap(({ decoded }) => decoded.problems)).toEqual([]);
  });

  it('keep their phones', () => {
    expect(said('phone').length).toBeGreaterThan(300);
    for (const { person, values } of said('phone')) {
      expect(person.phones.map((phone) => `+${phone}`)).toContain(values.phone);
    }
  });

  it('keep their given names, and firms are no people', () => {
    const persons = said('name.first').filter(({ person }) => person.trade !== 'company' || vendor !== 'vodyanoy');
    const right = persons.filter(({ person, values }) => plain(values['name.first']) === plain(person.firstName));
    expect(persons.length).toBeGreaterThan(300);
    expect(right.length).toBe(persons.length);
    const firms = read.filter(({ person }) => person.trade === 'company' && vendor === 'vodyanoy');
    expect(firms.length > 0).toBe(vendor === 'vodyanoy');
    for (const { person, decoded } of firms) expect(decoded.values['name.display']).toBe(person.company);
  });

  // Vodyanoy has no field for either.
  if (vendor === 'vodyanoy') return;

  it('keep their birthdays, whole or in part, and their sex', () => {
    expect(said('birthDate').length).toBeGreaterThan(150);
    for (const { person, values } of said('birthDate')) {
      const { year, month, day } = person.birth;
      expect([`${year}-${two(month)}-${two(day)}`, `--${two(month)}-${two(day)}`]).toContain(values.birthDate);
    }
    expect(said('sex').every(({ person, values }) => values.sex === person.sex)).toBe(true);
  });
});
