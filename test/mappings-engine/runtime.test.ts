/** A compiled mapping at work: the three states of a field, writing over a present body, losses, cases. */
import { describe, expect, it } from 'vitest';
import { coverage, listLoss, losses, runCases } from '../../mappings/engine/index.ts';
import { mappingOf, OPTIONS, source } from './support.ts';

describe('reading', () => {
  const mapping = mappingOf({
    notes: 'n',
    birthDate: { from: ['y', 'm', 'd'], as: 'date-parts' },
    'document.series': 'p.serial',
    name: { from: 'f', as: 'full-name' },
  });

  it('tells not said, empty and a value apart', () => {
    expect(mapping.decode({}).values).toEqual({});
    const empty = {
      notes: null,
      birthDate: null,
      'document.series': null,
      'name.last': null,
      'name.first': null,
      'name.middle': null,
      'name.display': null,
    };
    for (const nothing of ['', null, [], {}]) expect(mapping.decode({ n: nothing, y: nothing, p: nothing, f: nothing }).values).toEqual(empty);
    expect(mapping.decode({ m: 10, d: 24, p: { other: 1 } }).values).toEqual({
      birthDate: '--10-24',
      'document.series': null,
    });
  });

  it('names field, path, rule and place of what it cannot read, never the value, and keeps the rest', () => {
    const { values, problems } = mapping.decode({ n: 'ok', y: 'secret', m: 1, d: 1 });
    expect(values).toEqual({ notes: 'ok' });
    expect(problems).toEqual([
      {
        field: 'birthDate',
        path: 'y, m, d',
        rule: 'year, month and day are expected as numbers',
        file: 'mappings/test/clients.yaml',
        line: 1,
        column: expect.any(Number),
      },
    ]);
  });

  it('follows conditions, empty spellings and leniency', () => {
    const lenient = mappingOf({
      'organisation.name': { from: 'o', when: { field: 't', in: [1, 2] }, else: null },
      phone: { from: 'p', as: 'phone', otherwise: 'ignore' },
      landline: { from: 'l', as: 'phone', emptyWhen: ['нет', '-'] },
    });
    expect(lenient.decode({ t: 1, o: 'A', p: 'none', l: ' нет ' }).values).toEqual({
      'organisation.name': 'A',
      phone: null,
      landline: null,
    });
    expect(lenient.decode({ t: 0, o: 'A' }).values).toEqual({ 'organisation.name': null });
  });
});

describe('writing', () => {
  const contacts = {
    phone: {
      from: 'contacts[type=mobile]',
      as: 'list-item',
      main: 'general',
      mainAmong: ['mobile', 'city'],
      item: { as: 'phone', form: 7 },
    },
    phones: { from: 'contacts[type=mobile]', as: 'list-rest', main: 'general', item: { as: 'phone', form: 7 } },
    landline: {
      from: 'contacts[type=city]',
      as: 'list-item',
      main: 'general',
      mainAmong: ['mobile', 'city'],
      item: { as: 'phone', form: 8 },
    },
  };

  it('keeps what it does not own in a list', () => {
    const mapping = mappingOf(contacts);
    const current = {
      contacts: [
        { id: 1, type: 'email', value: 'a@b.ru', general: 1 },
        { id: 2, type: 'mobile', value: 79130000001 },
        { id: 3, type: 'mobile', value: '79130000002', general: 1, comment: 'звонить днём', spy: 1 },
        { id: 4, type: 'mobile', value: '79130000003' },
      ],
    };
    const { wire, losses: lost } = mapping.encode({ phone: '+79139999999', phones: ['+79130000003', '+79130000004'], landline: '+73832222222' }, current);
    expect(wire).toEqual({
      contacts: [
        current.contacts[0],
        { ...current.contacts[2], value: '79139999999' },
        current.contacts[3],
        { type: 'mobile', value: '79130000004', general: 0 },
        { type: 'city', value: '83832222222', general: 0 },
      ],
    });
    expect(lost).toEqual([]);
    expect(mapping.encode({ phone: '+79130000002' }, current).wire).toEqual(current);
  });

  it('lays members of one object over each other, and over the present body', () => {
    const mapping = mappingOf({
      'document.series': 'p.serial',
      'document.number': 'p.number',
      'consents.sms': { from: 'm', as: 'bits', member: 'sms', bit: 8 },
      'consents.call': { from: 'm', as: 'bits', member: 'call', bit: 1 },
    });
    const values = {
      'document.series': '0399',
      'document.number': null,
      'consents.sms': 'granted',
      'consents.call': 'withheld',
    } as const;
    expect(mapping.encode(values, { p: { number: '1', snils: '2' }, m: 7 }).wire).toEqual({
      p: { serial: '0399', number: '', snils: '2' },
      m: 14,
    });
    expect(mapping.encode(values, null).wire).toEqual({ p: { serial: '0399', number: '' }, m: { sms: 1, call: 0 } });
  });

  it('writes only what it is given, constants only into new records', () => {
    const text =
      'vendor: test\nstream: clients\nentity: client\nkey: id\nfields:\n  notes: n\n  group: g\nconstants:\n  userId: { setting: userId }\n  officeId: { setting: officeId, default: null }\n';
    const mapping = mappingOf({});
    expect(mapping.encode({}, null)).toEqual({ wire: {}, losses: [] });
    const results = runCases(
      source(text),
      source(
        'settings: { userId: 123 }\ncases:\n  - { name: new, encode: { values: { notes: a }, wire: { n: a, userId: 123 } } }\n  - { name: old, encode: { values: { notes: null }, current: { n: b }, wire: { n: "" } } }\n  - { name: bad, wire: { n: [1] }, problem: { field: notes } }\n',
      ),
      OPTIONS,
    );
    expect(results.map((one) => [one.name, one.differences])).toEqual([
      ['new', []],
      ['old', []],
      ['bad', []],
    ]);
  });

  it('keeps the rest of a name, and gives up the text when parts are set', () => {
    const mapping = mappingOf({ name: { from: 'n', as: 'full-name' } });
    expect(mapping.encode({ 'name.last': 'Петров' }, { n: 'Иванов Иван Иванович ИП' }).wire).toEqual({
      n: 'Петров Иван Иванович ИП',
    });
    expect(mapping.encode({ 'name.last': 'Петров', 'name.first': 'Иван' }, { n: 'ООО Ромашка' }).wire).toEqual({
      n: 'Петров Иван',
    });
    expect(mapping.renditions({ 'name.display': 'ООО Ромашка' }, { n: 'Петров Иван' })['name.display']).toBe('ООО Ромашка');
  });
});

describe('losses and renditions', () => {
  const mapping = mappingOf({
    notes: { from: 'n', max: 5 },
    sex: { from: 's', as: 'code', codes: { M: 'male' } },
    group: { from: 'g', only: 'pull' },
    occupation: { from: 'o', when: { field: 's', is: 'M' } },
  });

  it('are told per field, with a reason', () => {
    expect(
      losses(mapping, {
        notes: 'abcdefg',
        sex: 'female',
        group: 'VIP',
        taxId: '1',
        okpo: null,
        'attributes.other.x': 1,
        occupation: 'miner',
      }),
    ).toEqual([
      { field: 'notes', kind: 'cut', detail: 'longer than 5 characters' },
      { field: 'sex', kind: 'no-code', detail: '"female" has no value here' },
      { field: 'occupation', kind: 'no-home', detail: 'kept only under a condition on s' },
      { field: 'group', kind: 'no-home', detail: 'read only' },
      { field: 'taxId', kind: 'no-home', detail: 'the system has no such field' },
    ]);
  });

  it('are listed before any value is seen', () => {
    const listed = listLoss(mapping);
    expect(listed).toContainEqual({ field: 'notes', kind: 'cut', detail: 'longer than 5 characters' });
    expect(listed).toContainEqual({ field: 'sex', kind: 'no-code', detail: '"female" has no value here' });
    expect(listed).toContainEqual({ field: 'taxId', kind: 'no-home', detail: 'the system has no such field' });
    expect(listed.some((loss) => loss.field === 'occupation')).toBe(false);
  });

  it('are told even where a codec does not know of them: what was written is read back', () => {
    const dashed = mappingOf({
      notes: { from: 'n', emptyWhen: ['-'] },
      group: { from: ['a', 'b'], as: 'first-of', emptyWhen: '-' },
    });
    const { losses: lost } = dashed.encode({ notes: '-', group: '-' }, null);
    expect(lost.map((loss) => [loss.field, loss.kind])).toEqual([
      ['notes', 'form'],
      ['group', 'form'],
    ]);
    expect(dashed.encode({ notes: 'x', group: 'y' }, { b: 'z' })).toEqual({ wire: { n: 'x', a: 'y' }, losses: [] });
  });

  it('of a name are told even when it is emptied in part', () => {
    const mapping = mappingOf({ name: { from: 'n', as: 'full-name' } });
    const { losses: lost } = mapping.encode({ 'name.last': null }, { n: 'Ким Али Вели оглы' });
    expect(lost.map((loss) => loss.field)).toEqual(['name.last']);
  });

  it('a rendition is what the system will hold; undefined where it takes nothing', () => {
    expect(mapping.renditions({ notes: 'abcdefg' }, null)['notes']).toBe('abcde');
    expect(mapping.renditions({ notes: null }, { n: 'x' })['notes']).toBeNull();
    expect(mapping.renditions({ sex: 'female' }, { s: 'M' })['sex']).toBeUndefined();
    expect(mapping.renditions({ group: 'VIP' }, null)['group']).toBeUndefined();
    expect(mapping.renditions({ taxId: '1' }, null)['taxId']).toBeUndefined();
    expect(mapping.renditions({ notes: 'abcdefg', sex: 'male' }, null)).toEqual({ notes: 'abcde', sex: 'male' });
  });

  it('coverage names what becomes of every wire field', () => {
    expect(coverage(mapping, ['id', 'n', 'g', 'zzz']).map((one) => [one.wire, one.state, one.fields])).toEqual([
      ['id', 'key', []],
      ['n', 'both', ['notes']],
      ['g', 'pull', ['group']],
      ['zzz', 'missing', []],
    ]);
  });
});

describe('cases', () => {
  const text =
    'vendor: test\nstream: clients\nentity: client\nkey: id\nchangedAt: { from: u, as: datetime }\nfields:\n  notes: n\n  registeredAt: { from: r, as: datetime }\n';
  const run = (cases: string) => runCases(source(text), source(cases, 'clients.cases.yaml'), OPTIONS);

  it('show differences field by field', () => {
    const [first, second] = run(
      'cases:\n  - name: a\n    wire: { n: x, r: 2016-07-18 13:54:37, u: 2016-07-18 13:54:37 }\n    values: { notes: y, registeredAt: 2016-07-18T10:54:37Z }\n    changedAt: 2016-07-18T10:54:38Z\n  - { name: b, wire: { n: x }, problem: { field: notes } }\n',
    );
    expect(first?.passed).toBe(false);
    expect(first?.line).toBe(2);
    expect(first?.differences).toEqual([
      { where: 'values', field: 'notes', expected: '"y"', actual: '"x"' },
      { where: 'values', field: 'changedAt', expected: '1468839278000', actual: '1468839277000' },
    ]);
    expect(second?.differences).toEqual([{ where: 'problem', field: 'notes', expected: '(any rule)', actual: '(no problem)' }]);
  });

  it.each([
    ['cases:\n  - { name: a, wire: { n: x }, values: { notes: x } }\n', 'at least one case must expect a problem'],
    ['cases: []\n', '"cases" of the file: expected a list'],
    ['cases:\n  - { name: a, decode: { n: x }, problem: { field: n } }\n', 'decode'],
    ['cases:\n  - { name: a, problem: { field: n } }\n', 'a case has "wire" or "encode"'],
  ])('refuse %s', (cases, message) => {
    expect(() => run(cases)).toThrow(message);
  });
});
