import { base, en, Faker, ru } from '@faker-js/faker';
import { Dice } from './dice.ts';
import { ean13, pairedLastName, toLatin, withYo } from './names.ts';

/** A calendar day; months count from 1. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

/** Why a person is hard to match; `partner` is the index of another one, in families of three or more of one of them. */
export interface Relation {
  kind: 'family' | 'namesake' | 'father-and-son';
  partner: number;
}

/** One real person or organisation, before any system has written it down in its own way. */
export interface Person {
  index: number;
  sex: 'male' | 'female';
  /** Written with ё. */
  lastName: string;
  firstName: string;
  patronymic: string;
  birth: Day;
  /** Eleven digits beginning with 79; the first is the main one. A family shares it. */
  phones: [string, ...string[]];
  email: string;
  /** Thirteen digits with an EAN check digit; absent when the person has no card. */
  card: string | undefined;
  /** Bonus balance in kopecks. */
  points: number;
  consents: { sms: boolean; email: boolean; call: boolean };
  city: string;
  street: string;
  house: string;
  flat: string;
  note: string;
  /** `entrepreneur`: the person trades as ИП. `company`: not a person at all, named by `company`. */
  trade: 'none' | 'entrepreneur' | 'company';
  company: string;
  /** Milliseconds since 1970. */
  registeredAt: number;
  relation: Relation | undefined;
}

/** The day the generated world lives in: nothing in it happened later. */
export const WORLD_NOW = Date.UTC(2024, 5, 1, 9, 0, 0);

const DAY = 24 * 3_600_000;
const PHONES = 100_000_000;
const NOTES: readonly [string, ...string[]] = [
  'любит «Ромашку» 🌼',
  'звонить строго до 21-00!!!',
  'зелёные ворота у "А&Б"',
  "просил не звонить; о'кей 👍",
  'VIP 🎁 <не беспокоить>',
  'постоянный клиент',
];
const CITIES: readonly [string, ...string[]] = ['Москва', 'Одинцово', 'Санкт-Петербург', 'Барнаул', 'Бийск', 'Новосибирск', 'Ростов-на-Дону'];
const DOMAINS: readonly [string, ...string[]] = ['mail.ru', 'yandex.ru', 'gmail.com', 'bk.ru'];

/** Makes people one after another; the relatives of an earlier person refer to it. */
class Maker {
  private readonly dice: Dice;
  private readonly faker: Faker;
  private readonly phoneShift: number;
  private readonly people: Person[] = [];

  constructor(seed: number) {
    this.dice = new Dice(seed);
    this.faker = new Faker({ locale: [ru, en, base], seed });
    this.phoneShift = this.dice.int(0, PHONES - 1);
  }

  make(count: number): Person[] {
    while (this.people.length < count) {
      const person = this.person(this.people.length);
      const earlier = this.people[person.index - this.dice.int(1, 5)];
      const fate = this.dice.next();
      if (earlier !== undefined && earlier.trade === 'none') {
        if (fate < 0.04) this.family(person, earlier);
        else if (earlier.relation === undefined && fate < 0.05) this.namesake(person, earlier);
        else if (earlier.relation === undefined && fate < 0.06 && earlier.sex === 'male') this.son(person, earlier);
      }
      if (person.relation === undefined) this.trade(person);
      this.people.push(person);
    }
    return this.people;
  }

  private person(index: number): Person {
    const { dice, faker } = this;
    const sex = dice.chance(0.5) ? 'male' : 'female';
    const lastName = withYo(faker.person.lastName(sex));
    const firstName = withYo(faker.person.firstName(sex));
    const phones: [string, ...string[]] = [this.phone(2 * index)];
    if (dice.chance(0.1)) phones.push(this.phone(2 * index + 1));
    return {
      index,
      sex,
      lastName,
      firstName,
      patronymic: withYo(faker.person.middleName(sex)),
      birth: { year: dice.int(1940, 2006), month: dice.int(1, 12), day: dice.int(1, 28) },
      phones,
      email: `${toLatin(lastName)}.${toLatin(firstName)}${index}@${dice.pick(DOMAINS)}`,
      card: dice.chance(0.75) ? ean13(`2000${String(index + 1).padStart(8, '0')}`) : undefined,
      points: dice.chance(0.15) ? 0 : dice.int(1, 500_000),
      consents: { sms: dice.chance(0.6), email: dice.chance(0.5), call: dice.chance(0.3) },
      city: dice.pick(CITIES),
      street: faker.location.street(),
      house: `${dice.int(1, 150)}${dice.chance(0.1) ? 'Б' : ''}`,
      flat: dice.chance(0.7) ? `${dice.int(1, 300)}` : '',
      note: dice.chance(0.08) ? dice.pick(NOTES) : '',
      trade: 'none',
      company: '',
      registeredAt: WORLD_NOW - dice.int(30, 2500) * DAY - dice.int(0, 86_399) * 1000,
      relation: undefined,
    };
  }

  /** Unique: a step that shares no factor with the number of phones. */
  private phone(at: number): string {
    return `79${String((this.phoneShift + at * 7_654_321) % PHONES).padStart(9, '0')}`;
  }

  private family(person: Person, earlier: Person): void {
    const [phone] = earlier.phones;
    const members = this.people.slice(-50).filter(({ phones }) => phones[0] === phone);
    const strange = earlier.relation !== undefined && earlier.relation.kind !== 'family';
    if (strange || members.some(({ firstName }) => firstName === person.firstName)) return;
    const relatives = this.faker.person.lastName;
    person.lastName = earlier.sex === person.sex ? earlier.lastName : pairedLastName(earlier.lastName, relatives(person.sex));
    person.phones = [phone];
    relate(person, earlier, 'family');
  }

  private namesake(person: Person, earlier: Person): void {
    copyName(person, earlier);
    relate(person, earlier, 'namesake');
  }

  private son(person: Person, father: Person): void {
    copyName(person, father);
    person.phones = [father.phones[0]];
    father.birth = { ...father.birth, year: this.dice.int(1945, 1970) };
    person.birth = { year: father.birth.year + this.dice.int(22, 34), month: (father.birth.month % 12) + 1, day: 3 };
    relate(person, father, 'father-and-son');
  }

  private trade(person: Person): void {
    const fate = this.dice.next();
    if (fate < 0.02) person.trade = 'entrepreneur';
    else if (fate < 0.04) {
      person.trade = 'company';
      person.company = `ООО «${this.faker.company.name().replace(/^\S+ /, '')} ${person.index}»`;
      person.card = undefined;
    }
  }
}

const relate = (person: Person, earlier: Person, kind: Relation['kind']): void => {
  person.relation = { kind, partner: earlier.index };
  earlier.relation ??= { kind, partner: person.index };
};

const copyName = (person: Person, from: Person): void => {
  person.sex = from.sex;
  person.lastName = from.lastName;
  person.firstName = from.firstName;
  person.patronymic = from.patronymic;
};

/**
 * People with everything the four systems may know of them; the same count and seed give the same people. About 4 %
 * share a phone with an earlier relative of another first name, 1 % are namesakes with different phones, 0.5 % are sons
 * of their father's name and phone; 2 % trade as entrepreneurs, 2 % are companies.
 */
export function makePeople(count: number, seed: number): Person[] {
  return new Maker(seed).make(count);
}
