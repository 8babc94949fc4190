/** From a customer to the text of its rows, by string concatenation. */
import type { Customer } from './customers.ts';

/** How rows are spelled: as lines for LOAD DATA, or as tuples of an INSERT. */
export interface Spelling {
  readonly open: string;
  readonly separator: string;
  readonly close: string;
  readonly nothing: string;
  /** A text that may hold anything. */
  text(value: string): string;
  /** A text known to be harmless: dates, codes. */
  plain(value: string): string;
}

const TSV_SPECIAL = /[\\\t\n\r]/;
const TSV_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export const TSV: Spelling = {
  open: '',
  separator: '\t',
  close: '\n',
  nothing: '\\N',
  text: (value) => (TSV_SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (char) => TSV_ESCAPES[char] ?? '') : value),
  plain: (value) => value,
};

const SQL_SPECIAL = /['\\]/;

export const SQL: Spelling = {
  open: '(',
  separator: ',',
  close: '),',
  nothing: 'NULL',
  text: (value) => `'${SQL_SPECIAL.test(value) ? value.replace(/['\\]/g, '\\$&') : value}'`,
  plain: (value) => `'${value}'`,
};

/** Takes the text of one row of a table (its place in `FLOOR_TABLES`). */
export type Take = (table: 0 | 1 | 2 | 3 | 4, row: string) => void;

const SYSTEM = '1';

/** Renames and converts one customer with its cards and accounts; the rows go to `take`. */
export function convert(one: Customer, spelling: Spelling, take: Take): void {
  const { open: o, separator: s, close: c, nothing, text, plain } = spelling;
  const field = (name: string): string => one[name] as string;
  const orText = (value: string): string => (value === '' ? nothing : text(value));
  const id = field('id');
  const phone = phoneOf(field('phone'));
  const email = field('email').toLowerCase();
  const day = field('birth_day');
  const month = field('birth_month');
  const year = field('birth_year');
  const birth = birthDate(year, month, day);
  const consents = (field('send_push') === '1' ? 1 : 0) | (field('send_email') === '1' ? 2 : 0) | (field('send_sms') === '1' ? 4 : 0);
  const full = `${field('lname')} ${field('fname')} ${field('mname')}`.trim();
  take(
    0,
    `${o + id + s + SYSTEM + s + orText(field('external_id')) + s + orText(field('lname')) + s}${
      orText(field('fname')) + s + orText(field('mname')) + s + orText(full) + s
    }${sexOf(field('gender'), spelling) + s}${birth === '' ? nothing : plain(birth)}${s + number(day, nothing) + s}${
      number(month, nothing) + s + number(year, nothing) + s
    }${phone === '' ? nothing : plain(phone)}${s + orText(email) + s + orText(field('custom_information')) + s}${
      number(field('group_id'), nothing) + s + orText(field('group_name')) + s
    }${number(field('accumulated_sales'), nothing) + s + consents + s + time(field('register_date'), spelling) + s}${
      time(field('created_date'), spelling) + s + number(field('created_by'), nothing) + s
    }${time(field('last_update_date'), spelling) + s + number(field('last_update_by'), nothing) + c}`,
  );
  if (phone !== '') take(1, o + id + s + plain('phone') + s + plain(phone) + c);
  if (email !== '') take(1, o + id + s + plain('email') + s + text(email) + c);
  for (const card of one.cards) {
    const of = (name: string): string => card[name] ?? '';
    take(
      2,
      `${o + number(of('id'), nothing) + s + id + s + text(of('uid')) + s + orText(of('barcode')) + s}${
        orText(of('medium')) + s + orText(of('status')) + s + number(of('type_id'), nothing) + s
      }${orText(of('type_name')) + s + time(of('activate_date'), spelling) + s + time(of('block_date'), spelling) + c}`,
    );
  }
  for (const bonus of one.bonuses) {
    take(3, o + id + s + number(bonus['bonus_id'] ?? '', nothing) + s + number(bonus['amount'] ?? '', nothing) + c);
  }
  take(4, o + SYSTEM + s + plain('client') + s + text(id) + s + id + c);
}

/** A phone in any spelling as `+7` and ten digits; '' when it is none. */
function phoneOf(spelled: string): string {
  if (/^\+7\d{10}$/.test(spelled)) return spelled;
  const digits = spelled.replace(/\D/g, '');
  if (digits.length === 11 && (digits[0] === '7' || digits[0] === '8')) return `+7${digits.slice(1)}`;
  return digits.length === 10 ? `+7${digits}` : '';
}

function birthDate(year: string, month: string, day: string): string {
  if (year === '' || month === '' || day === '') return '';
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const date = new Date(Date.UTC(y, m - 1, d));
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return '';
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function sexOf(letter: string, { plain, nothing }: Spelling): string {
  if (letter === 'M') return plain('male');
  return letter === 'F' ? plain('female') : nothing;
}

function number(value: string, nothing: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) ? value : nothing;
}

function time(value: string, { plain, nothing }: Spelling): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value) ? plain(value) : nothing;
}
