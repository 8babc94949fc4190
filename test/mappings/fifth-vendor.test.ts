/** A vendor that nobody has a connector for, with odd forms of everything: mapped by a file alone. */
import { describe, expect, it } from 'vitest';
import type { WireBody } from '../../core/contract.ts';
import { type CompileOptions, checkMapping, compileMapping, coverage, runCases } from '../../mappings/engine/index.ts';

const MAPPING = {
  file: 'mappings/kassa-plus/clients.yaml',
  text: `
vendor: kassa-plus
stream: clients
entity: client
key: "@id"
changedAt: { from: meta.updated_ms, as: datetime, pattern: unix-ms }
createdAt: { from: meta.created, as: datetime, pattern: unix }
fields:
  # One field for the name, with honorifics and firms among the people.
  name: { from: '"Ф.И.О."', as: full-name, order: first-middle-last, max: 60 }
  # US order in the one field, day and month alone where the year is not known.
  birthDate: { from: profile.birth, as: date, pattern: [MM/dd/yyyy, MM/dd] }
  sex: { from: profile.sex, as: code, codes: { м: male, ж: female, "?": null } }
  # In order: the mobile of the list, then the old flat field.
  phone: { from: ["contacts[type=mobile|cell,main=primary].number", old_phone], as: phone, form: national, extension: aside }
  phones: { from: [phone2, phone3], as: phone, form: plus7 }
  emails: { from: "contacts[type=email,all].number", as: email }
  otherContacts: { from: messengers, as: texts, separator: "; " }
  # Members of one item of a list of addresses.
  address.city: { from: "addresses[kind=home].place.city", emptied: blank, as: list-item }
  address.street: { from: "addresses[kind=home].place.street", emptied: blank, as: list-item }
  # Date and time of the day in two fields, in another zone than the system's.
  registeredAt: { from: [reg_date, reg_time], as: join, item: { as: datetime, pattern: dd.MM.yyyy HH:mm, zone: Asia/Novosibirsk }, only: pull }
  # Decimal comma, blanks between thousands, a currency behind.
  turnover: { from: total, as: decimal, point: ",", suffix: " руб." }
  childrenCount: { from: children, as: integer, wireAs: number, min: 0, emptyWhen: "-", empty: "-" }
  # да/нет, a list of channels, and a table with three states.
  consents.sms: { from: sms_ok, as: consent, yes: да, no: нет, zeroIsRefusal: true }
  consents.email: { from: channels, as: has, word: mail }
  consents.push: { from: channels, as: has, word: push }
  consents.call: { from: call_state, as: code, codes: { Y: granted, N: refused, U: null } }
  # Holds for people only; a firm has none.
  familyState: { from: family, as: code, codes: { 1: married, 0: single }, wireAs: number, when: { field: kind, in: [person, sole] } }
  type: { from: kind, as: code, codes: { person: person, sole: person, firm: other }, otherwise: other, others: firm }
  role: { value: client }
  group: { from: group_id, as: lookup, table: groups, otherwise: ignore }
  notes: { from: remark, max: 20 }
  attributes.kassa-plus.raw_tags: { from: tags, as: raw, only: pull }
constants:
  source: { setting: sourceName, default: sverka }
ignored:
  meta.version: counts the changes of the vendor's own row
`,
};

const CASES = {
  file: 'mappings/kassa-plus/clients.cases.yaml',
  text: `
zone: Europe/Moscow
lookups: { groups: { 7: VIP, 9: Staff } }
cases:
  - name: everything in its odd form
    wire:
      "@id": 00042
      "Ф.И.О.": г-жа Анна Сергеевна Петрова
      profile: { birth: 10/24/1992, sex: ж }
      contacts:
        - { type: email, number: B@Mail.ru }
        - { type: cell, number: "8 (383) 363-12-34 доб. 101", primary: false }
        - { type: mobile, number: "+7 913 123-45-67", primary: true }
        - { type: email, number: a@mail.ru }
      old_phone: "89990000000"
      phone2: "8 913 123 45 68"
      phone3: ""
      messengers: "tg @anna; wa"
      addresses: [{ kind: work, place: { city: Омск } }, { kind: home, place: { city: Томск, street: Мира } }]
      reg_date: 24.03.2019
      reg_time: "09:39"
      total: "1 520,50 руб."
      children: "-"
      sms_ok: Нет
      channels: [push]
      call_state: U
      family: "1"
      kind: person
      group_id: 7
      remark: "  любит чай "
      tags: [a]
      meta: { updated_ms: "1556032964134", created: 1556032964 }
    values:
      name.last: Петрова
      name.first: Анна
      name.middle: Сергеевна
      name.display: null
      birthDate: 1992-10-24
      sex: female
      phone: "+79131234567"
      phones: ["+79131234568"]
      emails: [a@mail.ru, b@mail.ru]
      otherContacts: [tg @anna, wa]
      address.city: Томск
      address.street: Мира
      registeredAt: "2019-03-24T02:39:00Z"
      turnover: 152050
      childrenCount: null
      consents.sms: refused
      consents.email: withheld
      consents.push: granted
      consents.call: null
      familyState: married
      type: person
      role: client
      group: VIP
      notes: любит чай
      attributes.kassa-plus.raw_tags: [a]
    changedAt: "2019-04-23T15:22:44.134Z"
  - name: the flat field where the list has no phone, a birthday without a year, a firm
    wire: { "Ф.И.О.": ООО Ромашка, profile: { birth: 03/08 }, contacts: [], old_phone: 8 800 555-35-35, kind: firm, family: 1, group_id: "8" }
    values:
      name.last: null
      name.first: null
      name.middle: null
      name.display: ООО Ромашка
      birthDate: --03-08
      sex: null
      phone: "+78005553535"
      emails: null
      type: other
      role: client
      group: null
  - name: a day of the thirteenth month is none
    wire: { profile: { birth: 24/10/1992 } }
    problem: { field: birthDate, rule: no such day }
  - name: what is written of a new client
    encode:
      values:
        name.last: Петрова
        name.first: Анна
        name.middle: Сергеевна
        birthDate: --03-08
        phone: "+79131234567"
        phones: ["+79131234568", "+79131234569"]
        emails: [a@mail.ru]
        address.city: Томск
        address.street: Мира
        turnover: 152050
        childrenCount: null
        consents.sms: granted
        consents.email: granted
        consents.push: granted
        type: agent
        notes: постоянный покупатель с детьми
      wire:
        source: sverka
        "Ф.И.О.": Анна Сергеевна Петрова
        profile: { birth: 03/08 }
        contacts: [{ type: mobile, number: 8 (913) 123-45-67, primary: 1 }, { type: email, number: a@mail.ru }]
        phone2: +7 (913) 123-45-68
        phone3: +7 (913) 123-45-69
        addresses: [{ kind: home, place: { city: Томск, street: Мира } }]
        total: 1520,50 руб.
        children: "-"
        sms_ok: да
        channels: [mail, push]
        kind: firm
        remark: постоянный покупател
      losses:
        - { field: type, kind: no-code }
        - { field: notes, kind: cut }
  - name: what nobody owns is kept
    encode:
      values: { phone: "+79130000000", address.city: null, consents.email: granted }
      current:
        contacts: [{ id: 5, type: mobile, number: "89131234567 #12", primary: true, comment: мама }, { type: icq, number: "123" }]
        addresses: [{ kind: home, place: { city: Томск, street: Мира, zip: "634000" } }]
        channels: [telegram]
      wire:
        contacts: [{ id: 5, type: mobile, number: 8 (913) 000-00-00, primary: true, comment: мама }, { type: icq, number: "123" }]
        addresses: [{ kind: home, place: { city: "", street: Мира, zip: "634000" } }]
        channels: [telegram, mail]
  - name: a number that stays keeps its extension
    encode:
      values: { phone: "+79131234567" }
      current: { contacts: [{ type: mobile, number: "89131234567 доб. 12", primary: true }] }
      wire: { contacts: [{ type: mobile, number: "89131234567 доб. 12", primary: true }] }
`,
};

const WIRE = [
  '@id',
  'Ф.И.О.',
  'profile',
  'contacts',
  'old_phone',
  'phone2',
  'phone3',
  'messengers',
  'addresses',
  'reg_date',
  'reg_time',
  'total',
  'children',
  'sms_ok',
  'channels',
  'call_state',
  'family',
  'kind',
  'group_id',
  'remark',
  'tags',
  'meta',
  'source',
];
const OPTIONS: CompileOptions = { zone: 'Europe/Moscow', lookups: { groups: { 7: 'VIP', 9: 'Staff' } }, wire: WIRE };

describe('a mapping of a vendor with odd forms', () => {
  it('compiles, and says of every wire field what becomes of it', () => {
    expect(checkMapping(MAPPING, OPTIONS)).toEqual([]);
    expect(coverage(compileMapping(MAPPING, OPTIONS), WIRE).filter(({ state }) => state === 'missing')).toEqual([]);
  });

  it('holds its cases', () => {
    const results = runCases(MAPPING, CASES, OPTIONS);
    expect(results.flatMap(({ name, differences }) => differences.map((one) => ({ name, ...one })))).toEqual([]);
  });

  it('writes what it read without changing it', () => {
    const mapping = compileMapping(MAPPING, OPTIONS);
    const body: WireBody = {
      'Ф.И.О.': 'Анна Сергеевна Петрова',
      profile: { birth: '03/08', sex: 'ж', avatar: 'x' },
      contacts: [{ type: 'mobile', number: '8 (913) 123-45-67', primary: 1 }],
      phone2: '+7 (913) 123-45-68',
      phone3: '',
      channels: ['mail', 'telegram'],
      total: '1520,50 руб.',
      sms_ok: 'нет',
    };
    const { values } = mapping.decode(body);
    expect({ ...body, ...mapping.encode(values, body).wire }).toEqual(body);
  });

  it('lets a system override one of its lines, with the same checks', () => {
    const place = { file: 'sverka.yaml', line: 7 };
    const overrides = {
      place,
      fields: { turnover: { from: 'total_cents', as: 'minor' }, notes: null },
      ignored: { remark: 'kept by the shop alone', total: 'rounded for reports' },
    };
    const options = { ...OPTIONS, wire: [...WIRE, 'total_cents'], overrides };
    expect(checkMapping(MAPPING, options)).toEqual([]);
    expect(compileMapping(MAPPING, options).decode({ total_cents: '150', total: '9 руб.', remark: 'x' }).values).toEqual({ turnover: 150, role: 'client' });
    const wrong = { ...overrides, fields: { turnover: { from: 'total_cents', as: 'minr' }, notes: null } };
    expect(checkMapping(MAPPING, { ...options, overrides: wrong })).toMatchObject([{ file: 'sverka.yaml', line: 7 }]);
  });
});
