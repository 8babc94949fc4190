import type { Dice } from './dice.ts';
import type { LotinfoField } from './lotinfo/model.ts';
import { cities } from './lotinfo/places.ts';
import type { Day, Person } from './people.ts';
import { handwriting, spellEmail, spellName, spellPhone } from './spellings.ts';
import type { VodyanoySeed } from './vodyanoy/store.ts';

const two = (number: number): string => String(number).padStart(2, '0');
const isoDay = ({ year, month, day }: Day): string => `${year}-${two(month)}-${two(day)}`;
const dottedDay = (day: Day): string => isoDay(day).split('-').reverse().join('.');
const flag = (on: boolean): '0' | '1' => (on ? '1' : '0');
const addressLine = (person: Person): string => `${person.city}, ${person.street}, ${person.house}${person.flat === '' ? '' : `-${person.flat}`}`;
const notEmpty = (fields: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

/** A value that an operator may not have asked for. */
const maybe = (value: string, known: number, dice: Dice): string => (dice.chance(known) ? value : '');

/** The customer fields of VirtualPOS: free-form phones, now and then a birthday without its year. */
export function virtualposRow(person: Person, dice: Dice): Record<string, string> {
  const hand = handwriting(dice, 0.5);
  const email = maybe(spellEmail(person.email, dice), 0.7, dice);
  const phoneNeeded = person.card === undefined && email === '';
  const hasBirthday = dice.chance(0.75);
  return {
    lname: spellName(person.lastName, hand, dice, true),
    fname: spellName(person.firstName, hand, dice),
    mname: spellName(maybe(person.patronymic, 0.85, dice), hand, dice),
    phone: maybe(spellPhone(person.phones[0], dice), phoneNeeded ? 1 : 0.94, dice),
    email,
    gender: maybe(person.sex === 'male' ? 'M' : 'F', 0.9, dice),
    birth_day: hasBirthday ? `${person.birth.day}` : '',
    birth_month: hasBirthday ? `${person.birth.month}` : '',
    birth_year: hasBirthday ? maybe(`${person.birth.year}`, 0.9, dice) : '',
    custom_information: person.note,
    accumulated_sales: `${dice.int(0, 90_000)}`,
    send_sms: flag(person.consents.sms),
    send_email: flag(person.consents.email),
    send_push: flag(person.consents.call),
  };
}

/** The client fields of Artix without its key: no ё, names apart, ISO days, flags by channel. */
export function artixRow(person: Person, dice: Dice): Record<string, unknown> {
  const hand = handwriting(dice, 0);
  const birthday = maybe(isoDay(person.birth), 0.7, dice);
  const [phone, second] = person.phones;
  return {
    lastname: spellName(person.lastName, hand, dice, true),
    name: spellName(person.firstName, hand, dice),
    patronymic: spellName(maybe(person.patronymic, 0.8, dice), hand, dice),
    ...(dice.chance(0.9) ? { sex: person.sex === 'male' ? 0 : 1 } : {}),
    ...notEmpty({
      birthday,
      phonenumber: spellPhone(second !== undefined && dice.chance(0.3) ? second : phone, dice),
      email: maybe(spellEmail(person.email, dice), 0.5, dice),
      address: maybe(addressLine(person), 0.4, dice),
      text: person.note,
    }),
    subscriptionadj: Number(flag(person.consents.sms || person.consents.email)),
    communications: {
      call: Number(flag(person.consents.call)),
      telegram: 0,
      sms: Number(flag(person.consents.sms)),
      email: Number(flag(person.consents.email)),
    },
  };
}

/** A row of a Lotinfo insert: phones as the vendor demands them, no cards, no bonuses. */
export function lotinfoRow(person: Person, dice: Dice): Record<string, unknown> {
  const hand = handwriting(dice, 0.7);
  const city = [...cities].find(([, { name }]) => name === person.city);
  const scalars: Partial<Record<LotinfoField, string>> = notEmpty({
    fioF: spellName(person.lastName, hand, dice, true),
    fioI: spellName(person.firstName, hand, dice),
    fioO: spellName(maybe(person.patronymic, 0.75, dice), hand, dice),
    fioDesc: person.note,
    sex: maybe(person.sex, 0.8, dice),
    birthday: maybe(dottedDay(person.birth), 0.6, dice),
    address: maybe(`${person.street}, ${person.house}`, 0.5, dice),
  });
  const contacts = person.phones.map((value) => ({ type: 'mobile', value }));
  const emails = dice.chance(0.6) ? [{ type: 'email', value: spellEmail(person.email, dice) }] : [];
  return {
    userId: 123,
    ...scalars,
    ...(city === undefined ? {} : { cityId: city[0] }),
    clientType: 0,
    contacts: [...contacts, ...emails],
    ...(dice.chance(0.1) ? { comments: [{ value: 'Просил перезвонить' }] } : {}),
  };
}

const firmName = (person: Person, full: string): string =>
  person.trade === 'company' ? person.company : person.trade === 'entrepreneur' ? `${full} ИП` : full;

/** A client of Vodyanoy: the whole name in one string, phones in free text, the card number in its own field. */
export function vodyanoySeed(person: Person, dice: Dice): VodyanoySeed {
  const hand = handwriting(dice, 0.4);
  const imja = spellName(person.firstName, hand, dice).trim();
  const fam = spellName(person.lastName, hand, dice, true).trim();
  const otchestvo = spellName(maybe(person.patronymic, 0.7, dice), hand, dice).trim();
  const naimenovanie = firmName(person, [fam, imja, otchestvo].filter((part) => part !== '').join(' '));
  const [phone, second] = person.phones;
  const phones = dice.chance(0.15) ? `${phone} ${imja}` : spellPhone(phone, dice);
  return {
    naimenovanie,
    ...(person.trade === 'company' ? {} : { fam, imja, otchestvo }),
    telefon: second === undefined ? phones : `${phones}, ${second}`,
    comment: person.note,
    email: maybe(spellEmail(person.email, dice), 0.3, dice),
    nomer_karty: maybe(person.card ?? '', 0.6, dice),
    disp: '10000000000010',
    etoof: person.trade === 'none' ? 0 : 1,
    debt: dice.chance(0.3) ? dice.int(-50_000, 90_000) : 0,
    address: { ulica: dice.pick(['10000000000011', '10000000000012']), dom: person.house, kv: person.flat },
    createdAt: person.registeredAt,
  };
}
