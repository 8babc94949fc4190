/** The people of the benchmark: a pure function of their number, the seed and the generation. */
import { crc32 } from 'node:zlib';

/** One customer as the VirtualPOS API answers it, every scalar a text (VirtualPOS API, Customer, reading). */
export interface Customer {
  readonly [field: string]: string | readonly Readonly<Record<string, string>>[];
  readonly cards: readonly Readonly<Record<string, string>>[];
  readonly bonuses: readonly Readonly<Record<string, string>>[];
}

/** 1: as first loaded; 2: one customer in a hundred has another phone, balance, sales and time of change. */
export type Generation = 1 | 2;

/** What must be found in the tables of whoever loaded all customers. */
export interface Facts {
  readonly clients: number;
  readonly phones: number;
  readonly emails: number;
  readonly cards: number;
  readonly accounts: number;
  /** Customers that differ between the generations. */
  readonly changed: number;
  /** Sum of all sales, in hundredths. */
  readonly sales: number;
  /** Sum of all balances, in hundredths. */
  readonly points: number;
  /** Sum of CRC32 of all phones, spelled `+7` and ten digits. */
  readonly phoneSum: number;
  /** Sum of CRC32 of all card numbers. */
  readonly cardSum: number;
}

const LAST = ['Иванов', 'Смирнов', 'Кузнецов', 'Попов', 'Васильев', 'Петров', 'Соколов', 'Михайлов', 'Новиков', 'Фёдоров'];
const MALE = ['Сергей', 'Александр', 'Дмитрий', 'Андрей', 'Алексей', 'Максим', 'Евгений', 'Иван', 'Михаил', 'Артём'];
const FEMALE = ['Анна', 'Мария', 'Елена', 'Ольга', 'Наталья', 'Татьяна', 'Ирина', 'Светлана', 'Юлия', 'Екатерина'];
const PATRON = ['Степанов', 'Иванов', 'Петров', 'Александров', 'Дмитриев', 'Андреев', 'Олегов', 'Викторов', 'Павлов', 'Юрьев'];
const NOTES = ['очень требовательный', 'просит звонить после 18:00', 'постоянный покупатель', 'оптовые закупки, \\ без чека'];
const GROUPS = ['', 'Розница', 'Опт', 'Сотрудники', 'VIP'];
const TYPES = ['Стандартная', 'Серебряная', 'Золотая'];
const CHANGED_AT = '2024-03-02 10:00:00';

/** Whether customer `index` (from 0) differs between the generations: one in a hundred, spread evenly. */
function isChanged(index: number): boolean {
  return index % 100 === 37;
}

/** Customer `index` (from 0). Phones, e-mail addresses and card numbers are unique over all customers and generations. */
export function customer(index: number, seed: number, generation: Generation): Customer {
  const random = mulberry(seed ^ Math.imul(index + 1, 0x9e3779b1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const stamp = (): string => `${2016 + int(8)}-${two(1 + int(12))}-${two(1 + int(28))} ${two(int(24))}:${two(int(60))}:${two(int(60))}`;
  const int = (below: number): number => Math.floor(random() * below);
  const may = isChanged(index);
  const changed = may && generation === 2;
  const male = random() < 0.5;
  const registered = stamp();
  const birth = random();
  const sales = int(20_000_000) + (changed ? 100_000 : 0);
  const phone = spelled(ten(index, changed), random());
  const id = String(index + 1);
  return {
    id,
    external_id: '',
    fname: pick(male ? MALE : FEMALE),
    lname: pick(LAST) + (male ? '' : 'а'),
    mname: random() < 0.9 ? pick(PATRON) + (male ? 'ич' : 'на') : '',
    age: String(18 + int(60)),
    email: random() < 0.75 ? `${random() < 0.2 ? 'Client' : 'client'}.${id}@mail${int(5)}.example.ru` : '',
    phone: random() < 0.95 || may ? phone : '',
    gender: random() < 0.97 ? (male ? 'M' : 'F') : '',
    custom_information: random() < 0.2 ? pick(NOTES) : '',
    birth_day: birth < 0.92 ? String(1 + int(28)) : '',
    birth_month: birth < 0.92 ? String(1 + int(12)) : '',
    birth_year: birth < 0.88 ? String(1940 + int(66)) : '',
    register_date: registered,
    accumulated_sales: decimal(sales),
    send_push: random() < 0.6 ? '1' : '0',
    send_email: random() < 0.5 ? '1' : '0',
    send_sms: random() < 0.7 ? '1' : '0',
    ...group(int(GROUPS.length)),
    created_date: registered,
    created_by: String(1 + int(9)),
    last_update_date: changed ? CHANGED_AT : registered,
    last_update_by: String(1 + int(9)),
    cards: Array.from({ length: random() < 0.35 ? 2 : 1 }, (_, nth) => card(index, nth, int(TYPES.length), registered)),
    bonuses: random() < 0.9 || may ? [{ bonus_id: '1', name: 'Основная', amount: decimal(int(500_000) + (changed ? 5_000 : 0)) }] : [],
  };
}

/** Counts and sums over all customers of a generation. */
export function addFacts(sum: Facts, one: Customer, index: number): Facts {
  const phone = national(String(one['phone']));
  return {
    clients: sum.clients + 1,
    phones: sum.phones + (phone === '' ? 0 : 1),
    emails: sum.emails + (one['email'] === '' ? 0 : 1),
    cards: sum.cards + one.cards.length,
    accounts: sum.accounts + one.bonuses.length,
    changed: sum.changed + (isChanged(index) ? 1 : 0),
    sales: sum.sales + hundredths(String(one['accumulated_sales'])),
    points: sum.points + one.bonuses.reduce((total, bonus) => total + hundredths(bonus['amount'] ?? '0'), 0),
    phoneSum: sum.phoneSum + (phone === '' ? 0 : crc32(`+7${phone}`)),
    cardSum: sum.cardSum + one.cards.reduce((total, { uid }) => total + crc32(uid ?? ''), 0),
  };
}

export const NO_FACTS: Facts = {
  clients: 0,
  phones: 0,
  emails: 0,
  cards: 0,
  accounts: 0,
  changed: 0,
  sales: 0,
  points: 0,
  phoneSum: 0,
  cardSum: 0,
};

function card(index: number, nth: number, type: number, activated: string): Record<string, string> {
  const uid = `77${String(index * 2 + nth).padStart(8, '0')}`;
  return {
    id: String(index * 2 + nth + 1),
    external_id: '',
    uid,
    uid_ean13: `00${uid}0`,
    barcode: `00${uid}0`,
    medium: nth === 0 ? 'PLASTIC' : 'APP',
    status: 'ACTIVE',
    block_date: '',
    activate_date: activated,
    type_id: String(type + 1),
    type_name: TYPES[type] ?? '',
  };
}

function group(number: number): Record<'group_id' | 'group_name', string> {
  return { group_id: number === 0 ? '' : String(number), group_name: GROUPS[number] ?? '' };
}

/** Ten digits of a mobile number. The factor has no divisor in common with 10⁹, so no two numbers are equal. */
function ten(index: number, changed: boolean): string {
  const number = ((index + (changed ? 500_000_000 : 0)) * 7_654_321) % 1_000_000_000;
  return `9${String(number).padStart(9, '0')}`;
}

/** "Phone in free form": the spellings that people use. */
function spelled(digits: string, kind: number): string {
  const [code, a, b, c] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 8), digits.slice(8)];
  if (kind < 0.6) return `+7${digits}`;
  if (kind < 0.75) return `8 (${code}) ${a}-${b}-${c}`;
  if (kind < 0.9) return `+7 ${code} ${a}-${b}-${c}`;
  return `8${digits}`;
}

function national(phone: string): string {
  return phone.replace(/\D/g, '').slice(-10);
}

function decimal(minor: number): string {
  return minor % 4 === 0 ? String(Math.floor(minor / 100)) : `${Math.floor(minor / 100)}.${two(minor % 100)}`;
}

function hundredths(text: string): number {
  return Math.round(Number(text) * 100);
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** A small random source, seeded (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
