/** Random record bodies in the shapes that the vendors document, good values and bad ones, for the laws of the shipped mappings. */
import fc from 'fast-check';
import type { Json, WireBody } from '../../core/contract.ts';
import { pooled } from '../support/laws.ts';

type Field = fc.Arbitrary<Json>;

/** Texts that have broken integrations before: empties, blanks, marks, names of Object's own members. */
const hostile = fc.constantFrom('', ' ', 'нет', '-', 'null', '0', '__proto__', 'constructor', 'а\u0000б', '\u202eабв', '<b>&amp;</b>', '\'"; --', '😀', '=1+1');
const free: Field = fc.oneof({ arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }), weight: 2 }, { arbitrary: hostile, weight: 1 });
const long: Field = fc.oneof(free, fc.string({ unit: 'grapheme', minLength: 180, maxLength: 260 }));
const bad = (good: Field): Field => fc.oneof({ arbitrary: good, weight: 8 }, { arbitrary: free, weight: 1 }, { arbitrary: fc.constant(''), weight: 1 });
const nullable = (good: Field): Field => fc.oneof({ arbitrary: good, weight: 9 }, { arbitrary: fc.constant(null), weight: 1 });

const two = (max: number, min = 1): fc.Arbitrary<string> => fc.integer({ min, max }).map((n) => String(n).padStart(2, '0'));
const year = fc.integer({ min: 1890, max: 2030 }).map(String);
const day = fc.tuple(year, two(12), two(31));
const time = fc.tuple(fc.integer({ min: 0, max: 23 }), two(59, 0), two(59, 0));
const isoDate: Field = day.map(([y, m, d]) => `${y}-${m}-${d}`);
const dottedDate: Field = day.map(([y, m, d]) => `${d}.${m}.${y}`);
const looseDate: Field = day.map(([y, m, d]) => `${Number(d)}.${Number(m)}.${y}`);
const isoTime: Field = fc.tuple(isoDate, time).map(([d, [h, m, s]]) => `${d} ${String(h).padStart(2, '0')}:${m}:${s}`);
const dottedTime: Field = fc.tuple(dottedDate, time).map(([d, [h, m, s]]) => `${d} ${h}:${m}:${s}`);
const offsetTime: Field = fc
  .tuple(isoDate, time, fc.constantFrom('+0700', '+03:00', 'Z'))
  .map(([d, [h, m, s], zone]) => `${d}T${String(h).padStart(2, '0')}:${m}:${s}.134${zone}`);
const unixTime: Field = fc.integer({ min: 0, max: 2_000_000_000 }).chain((n) => fc.constantFrom<Json>(n, String(n)));

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));
const local = digits(9).map((rest) => `9${rest}`);
const phone: Field = fc.oneof(
  local.map((n) => `+7${n}`),
  local.map((n) => `8${n}`),
  local.map((n) => `8 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`),
);
const mail: Field = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9.]{0,8}[a-z0-9]$/), fc.constantFrom('mail.ru', 'Example.com')).map(([a, b]) => `${a}@${b}`);
const word: Field = fc.constantFrom('Иванов', 'Анна-Мария', 'Петрович', 'ООО "Ромашка"', 'Ли', 'фон Штерн', 'Ёлкина', 'Пётр Петров', 'Петров Пётр Петрович');
const id: Field = fc.oneof(digits(3), digits(14), fc.constantFrom('004', '4', '__proto__'));
const numeric = (good: fc.Arbitrary<number>): Field => good.chain((n) => fc.constantFrom<Json>(n, String(n)));
const bit: Field = fc.constantFrom<Json>(0, 1, '0', '1', true, false);
const textBit: Field = fc.constantFrom('0', '1');
const amount: Field = fc.oneof(
  fc.integer({ min: 0, max: 1e9 }).map((n) => (n / 100).toFixed(2)),
  fc.nat(1e6).map(String),
  fc.constantFrom('15200', '0.1', '-5', '1e5', '10.005'),
);
const anything: Field = fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json);
/** An object with `__proto__` as an own member, as JSON.parse makes it. */
const poisoned: Field = fc.constant(JSON.parse('{"__proto__": {"polluted": 1}, "a": 1}') as Json);

/** An object with any of its members missing. */
const body = (fields: Record<string, Field>): fc.Arbitrary<WireBody> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, pooled(field)])), { requiredKeys: [] }).map((made) => made as WireBody);
const each = (names: string, field: Field): Record<string, Field> => Object.fromEntries(names.split(' ').map((name) => [name, field]));

const members = (names: string): Field => fc.oneof(body(each(names, bit)), fc.nat(15), fc.constantFrom<Json>('', '0', '3', null));

/** Bodies by `vendor/stream`. */
export const BODIES: Readonly<Record<string, fc.Arbitrary<WireBody>>> = {
  'virtualpos/clients': body({
    ...each('id group_id external_id created_by last_update_by', id),
    ...each('fname lname mname', bad(word)),
    ...each('custom_information group_name', free),
    age: fc.nat(100).map(String),
    email: bad(mail),
    phone: bad(phone),
    gender: fc.constantFrom('M', 'F', '', 'X'),
    birth_day: bad(fc.integer({ min: 0, max: 32 }).map(String)),
    birth_month: bad(fc.integer({ min: 0, max: 13 }).map(String)),
    birth_year: bad(year),
    ...each('register_date created_date last_update_date', bad(isoTime)),
    accumulated_sales: bad(amount),
    ...each('send_push send_email send_sms', bad(textBit)),
  }),
  'virtualpos/cards': body({
    ...each('id external_id uid uid_ean13 barcode type_id customer_id', id),
    medium: fc.constantFrom('PLASTIC', 'MAGNET', 'APP', '', 'PAPER'),
    status: fc.constantFrom('NEW', 'ACTIVE', 'BLOCKED', '', 'LOST'),
    ...each('block_date activate_date', bad(isoTime)),
    type_name: free,
  }),
  'virtualpos/bonuses': body({
    customer_id: id,
    bonus_id: fc.constantFrom('1', '2', '77'),
    name: free,
    amount: bad(amount),
  }),
  'artix/clients': body({
    idclient: id,
    ...each('name lastname patronymic', nullable(bad(word))),
    ...each('text address webpage inn document okpo okpd occupation organizationcode zipcode', nullable(long)),
    ...each('specialdate1name specialdate2name specialdate3name', nullable(long)),
    sex: nullable(numeric(fc.nat(2))),
    ...each('birthday specialdate1 specialdate2 specialdate3', nullable(bad(isoDate))),
    email: nullable(bad(mail)),
    ...each('phonenumber phonenumbr', nullable(bad(phone))),
    childrencount: nullable(numeric(fc.nat(12))),
    extendedoptions: fc.oneof(anything, poisoned),
    subscriptionadj: nullable(bit),
    options: members('sendchecktoemail emailconfirmed sendCheckToEmail emailConfirmed'),
    communications: members('call telegram email sms fax'),
    ...each('codeword userid crc ownerStoreid', free),
    ...each('createdate update_time', nullable(bad(fc.oneof(isoTime, offsetTime)))),
  }),
  'artix/card-types': body({
    idcardgroup: id,
    ...each('name text', nullable(long)),
    cardmode: nullable(numeric(fc.constantFrom(0, 1, 6, 9))),
    notaddemptycard: nullable(bit),
    ...each('pattern regexpattern', nullable(free)),
    inputmask: nullable(numeric(fc.nat(31))),
  }),
  'artix/cards': body({
    ...each('idcard idcardgroup idclient number', nullable(id)),
    ...each('validitydatebeg validitydateend', nullable(bad(isoDate))),
    ...each('cardSum discountpercent', nullable(fc.oneof(amount, fc.nat(100)))),
    blocked: nullable(bit),
    cardstatus: nullable(numeric(fc.nat(2))),
    ...each('lastKnownBonusBalance lastKnownBonusBalanceDate pincode purchases crc ownerStoreId shopcode', nullable(free)),
    update_time: nullable(bad(fc.oneof(isoTime, offsetTime))),
  }),
  'artix/additional-cards': body({
    ...each('additionalnumber idcardgroup cardnumber idclient', nullable(id)),
    isactive: nullable(bit),
  }),
  'artix/bonuses': body({
    ...each('accountNumber cardNumber', id),
    status: fc.constantFrom('EARN_ONLY', 'EARN_PAY', 'PAY_ONLY', 'NO_OPERATION'),
    balance: fc.integer(),
    balanceInactive: nullable(fc.integer()),
  }),
  'lotinfo/clients': body({
    ...each('id userId apiIdExchange regionId cityId', nullable(numeric(fc.nat(1e6)))),
    ...each('fioF fioI fioO', nullable(bad(word))),
    ...each('fioDesc address regionName cityName agency', nullable(free)),
    sex: nullable(fc.constantFrom('male', 'female', 'other')),
    birthday: nullable(bad(fc.oneof(dottedDate, looseDate, unixTime))),
    ...each('deeps deepon clientc', nullable(numeric(fc.nat(4)))),
    family: nullable(numeric(fc.nat(2))),
    clientType: nullable(numeric(fc.nat(5))),
    userCategory: fc.array(fc.nat(99)),
    contacts: fc.array(
      fc.record(
        {
          id: numeric(fc.nat(1e6)),
          type: fc.constantFrom('mobile', 'city', 'email', 'other', 'fax'),
          value: fc.oneof<Field[]>(
            local.map((n) => `7${n}`),
            local.map((n) => `8${n}`),
            local.map((n) => Number(`7${n}`)),
            mail,
            free,
          ),
          general: nullable(bit),
          comment: nullable(free),
          spy: nullable(bit),
        },
        { requiredKeys: ['type', 'value'] },
      ),
      { maxLength: 6 },
    ),
    comments: fc.array(fc.record({ value: free }), { maxLength: 3 }),
    passport: nullable(
      fc.record(
        {
          serial: digits(4),
          number: digits(6),
          dateSended: bad(looseDate),
          codePod: fc.constantFrom('123-456', '770-077'),
          snils: fc.constant('123-123-123 44'),
          ...each('sended placeBirth propiska placeHome', free),
        },
        { requiredKeys: [] },
      ),
    ),
    objects: fc.array(fc.record({ id: fc.nat(), lpr: bit }), { maxLength: 2 }),
    orders: fc.array(fc.record({ id: fc.nat(), name: free }), { maxLength: 2 }),
    ...each('addDate editDate', nullable(unixTime)),
    delclient: numeric(fc.integer({ min: 1, max: 4 })),
  }),
  'vodyanoy/clients': body({
    id,
    naimenovanie: fc.oneof(
      word,
      free,
      fc.constantFrom('Буняковский Виктор Яковлевич ИП', 'Андрей - Научная ул,24, кв.41', '339-й Стрелковой Дивизии ул,123, кв.33'),
    ),
    telefon: fc.oneof(
      phone,
      free,
      fc.tuple(phone, word, phone).map(([a, b, c]) => `${a} ${b}, ${c}`),
      fc.constant('78632171717 Иванов Иванович, 79182323121 Елена Петровна'),
    ),
    dop_sc: free,
    email: bad(mail),
    ...each('dszd dataizm', bad(dottedTime)),
    ...each('disp vidpom katdst autor redakt vidkontr tipcen rekkam frmras firma idu4sed katptrb segmentptr statuskl', id),
    ...each('posldst pslknt poslnakl pervnakl datapech', bad(dottedDate)),
    ...each('klvof ochered adrsvodnakl eto_gruppa pchkubut pchtupdbezprosl', textBit),
    ...each('pod kodpod et dsvpln fam imja otchestvo chast shirota dolgota polnoenaimenovanie adresur adresfakt nomer_karty osnt12', free),
  }),
};
