/** Cases made of records: nothing of the person is in them, they hold, and they are as good as the record. */
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { WireBody } from '../../core/contract.ts';
import { fieldSpec } from '../../core/model.ts';
import { runCases } from '../../mappings/engine/index.ts';
import { caseOfRecord, type MadeCase } from '../../mappings/engine/lookalike/case.ts';
import { caseText, withCase } from '../../mappings/engine/lookalike/case-file.ts';
import { Dice } from '../../sandbox/dice.ts';
import { makePeople } from '../../sandbox/people.ts';
import { artixRow, lotinfoRow, virtualposRow, vodyanoySeed } from '../../sandbox/vendor-rows.ts';
import { compiled, optionsOf, SHIPPED } from './shipped.ts';

const PEOPLE = makePeople(60, 17);
const fileOf = (vendor: string, stream = 'clients') => {
  const file = SHIPPED.find((one) => one.vendor === vendor && one.stream === stream);
  if (file === undefined) throw new Error(`no mapping of ${vendor}`);
  return file;
};

const ROWS = [
  { vendor: 'virtualpos', row: (index: number, dice: Dice) => ({ id: `${500_000 + index}`, ...virtualposRow(PEOPLE[index] as never, dice) }) },
  { vendor: 'artix', row: (index: number, dice: Dice) => ({ ...artixRow(PEOPLE[index] as never, dice) }) },
  { vendor: 'lotinfo', row: (index: number, dice: Dice) => ({ id: `${700_000 + index}`, ...lotinfoRow(PEOPLE[index] as never, dice) }) },
  {
    vendor: 'vodyanoy',
    row(index: number, dice: Dice) {
      const { naimenovanie, telefon, comment, email } = vodyanoySeed(PEOPLE[index] as never, dice);
      return { id: `1000000000${1000 + index}`, naimenovanie, telefon, dop_sc: comment, email, fam: PEOPLE[index]?.lastName };
    },
  },
];

const bodyOf = (row: object): WireBody => JSON.parse(JSON.stringify(row)) as WireBody;

/** Leaves of personal fields as texts, found without the code under test. */
function personalTexts(vendor: string, body: WireBody): readonly string[] {
  const mapping = compiled(fileOf(vendor));
  const texts = (value: unknown): string[] =>
    typeof value === 'string' || typeof value === 'number'
      ? [String(value)]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(texts)
        : [];
  const { values } = mapping.decode(body);
  const known = Object.entries(values).filter(([field]) => !field.startsWith('attributes.') && fieldSpec('client', field)?.personal === true);
  const wires = mapping.plan.lines.filter(
    ({ codec, targets }) =>
      codec !== 'date-parts' && targets.every((field) => fieldSpec('client', field)?.personal === true && !field.startsWith('attributes.')),
  );
  const said = wires.flatMap(({ paths }) => paths.filter(({ selector }) => selector === null).flatMap((path) => texts(path.get(body))));
  return [...known.flatMap(([, value]) => texts(value)), ...said].map((text) => text.trim()).filter((text) => text.length > 3);
}

describe.each(ROWS)('cases out of records of $vendor', ({ vendor, row }) => {
  const file = fileOf(vendor);
  const options = { ...optionsOf(file), zone: 'Europe/Moscow' };
  const dice = new Dice(23);
  const bodies = PEOPLE.map((_, index) => bodyOf(row(index, dice)));
  const keyOf = (body: WireBody): string => String(compiled(file).plan.key.path.get(body));
  const make = (body: WireBody, seed = 1): MadeCase => {
    const made = caseOfRecord({ source: file.mapping, options, body, key: keyOf(body), name: 'made', seed });
    if (made === null) throw new Error('no case could be made');
    return made;
  };
  const cases = bodies.map((body) => make(body));

  it('show no value of a personal field, and not the key', () => {
    for (const [index, body] of bodies.entries()) {
      const text = caseText(cases[index] as MadeCase).toLowerCase();
      const shown = [...personalTexts(vendor, body), keyOf(body)].filter((value) => text.includes(value.toLowerCase()));
      expect(shown).toEqual([]);
    }
  });

  it('hold with the mapping they were made for', () => {
    const { cases: all } = parse(file.cases?.text ?? '') as { cases: { problem?: object }[] };
    const failing = { file: 'failing.cases.yaml', text: stringify({ cases: all.filter(({ problem }) => problem !== undefined).slice(0, 1) }) };
    for (const made of cases) {
      const result = runCases(file.mapping, { file: 'made.cases.yaml', text: withCase(failing, made) }, options).at(-1);
      expect(result?.differences).toEqual([]);
    }
  });

  it('read like the record: the same fields are there, names and phones are taken apart alike', () => {
    const mapping = compiled(file);
    const shape = (body: WireBody): string =>
      JSON.stringify(Object.entries(mapping.decode(body).values).map(([field, value]) => [field, value === null, Array.isArray(value) ? value.length : 0]));
    const alike = bodies.filter((body, index) => shape(body) === shape((cases[index] as MadeCase).wire));
    expect(alike.length / bodies.length).toBeGreaterThan(0.97);
  });

  it('are the same for the same seed, and others for another', () => {
    const [body] = bodies as [WireBody];
    expect(make(body, 4)).toEqual(make(body, 4));
    expect(make(body, 4)).not.toEqual(make(body, 5));
  });
});

it('a record that cannot be read makes a case that expects the problem', () => {
  const file = fileOf('virtualpos');
  const body = { id: '77123', lname: 'Карантинов', birth_day: '31', birth_month: '2', birth_year: '1990' };
  const made = caseOfRecord({ source: file.mapping, options: optionsOf(file), body, key: '77123', name: 'made', seed: 1 });
  expect(made?.problem).toEqual([{ field: 'birthDate', rule: 'there is no such day' }]);
  expect(made?.values).toBeUndefined();
});

it('is refused where every look-alike would show a word of the person', () => {
  const file = fileOf('virtualpos');
  const all = 'Морозов Лебедев Соколов Зайцев Воробьёв Орлов Титов Комаров';
  const body = { id: '77124', lname: 'Орлов', fname: 'Иван', custom_information: all };
  expect(caseOfRecord({ source: file.mapping, options: optionsOf(file), body, key: '77124', name: 'made', seed: 1 })).toBeNull();
});

it('one value is always replaced by the same: a name in parts and in one text, a phone in two spellings', () => {
  const file = fileOf('vodyanoy');
  const body = {
    id: '9001',
    naimenovanie: 'Буняковский Виктор Яковлевич ИП',
    fam: 'Буняковский',
    imja: 'Виктор',
    telefon: '78632171717 Виктор',
    dsvpln: 'звонить 8 (863) 217-17-17',
  };
  const made = caseOfRecord({ source: file.mapping, options: optionsOf(file), body, key: '9001', name: 'made', seed: 3 });
  const wire = made?.wire as Record<string, string>;
  expect(wire['naimenovanie']).toBe(`${wire['fam']} ${wire['imja']} ${String(made?.values?.['name.middle'])} ИП`);
  const digits = (text: string | undefined): string => (text ?? '').replace(/\D/g, '').slice(-10);
  expect(digits(wire['dsvpln'])).toBe(digits(wire['telefon']?.split(' ')[0]));
  expect(wire['dsvpln']).toMatch(/ 8 \(8\d\d\) \d{3}-\d\d-\d\d$/);
});

describe('a case added to a file', () => {
  const made: MadeCase = { name: 'new', zone: 'UTC', wire: { id: '004' }, values: { phone: null } };

  it.each(SHIPPED)('leaves every byte of $vendor/$stream as it was', ({ cases }) => {
    const text = withCase(cases, made);
    expect(text.startsWith((cases?.text ?? '').trimEnd())).toBe(true);
    expect((parse(text) as { cases: object[] }).cases.at(-1)).toEqual(made);
  });

  it('keeps comments before, between and behind the cases', () => {
    const text = '# above\ncases:\n  # first\n  - name: a # beside\n    wire: { id: "1" }\n    values: {}\n# below\n';
    const added = withCase({ file: 'x', text }, made);
    for (const comment of ['# above', '# first', '# beside', '# below']) expect(added).toContain(comment);
    expect((parse(added) as { cases: object[] }).cases).toHaveLength(2);
  });

  it('makes a file where there is none, and opens a list in one line', () => {
    expect((parse(withCase(null, made)) as { cases: object[] }).cases).toEqual([made]);
    expect((parse(withCase({ file: 'x', text: 'cases: []\n' }, made)) as { cases: object[] }).cases).toEqual([made]);
    expect(() => withCase({ file: 'x', text: 'cases: 5\n' }, made)).toThrow(/no cases file/);
  });
});
