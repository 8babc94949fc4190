/**
 * The yardstick of the mapping engine: what a programmer writes by hand for this one record, with nothing but the standard library. It
 * answers with the same values as the shipped mapping, problems as null; it knows no other form of anything than the benchmark's records have.
 */
type Row = Readonly<Record<string, unknown>>;

const text = (row: Row, name: string): string | null => {
  const value = row[name];
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
};

function phone(value: string | null): string | null {
  if (value === null) return null;
  const digits = value.replace(/\D/g, '');
  return digits.length === 11 ? `+7${digits.slice(1)}` : null;
}

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function email(value: string | null): string | null {
  const lower = value?.toLowerCase() ?? null;
  return lower !== null && MAIL.test(lower) ? lower : null;
}

const two = (value: string): string => (value.length === 1 ? `0${value}` : value);

function birth(row: Row): string | null {
  const [year, month, day] = [text(row, 'birth_year'), text(row, 'birth_month'), text(row, 'birth_day')];
  if (month === null || day === null) return null;
  return year === null ? `--${two(month)}-${two(day)}` : `${year}-${two(month)}-${two(day)}`;
}

/** The zone of the records: a fixed offset, which no zone of a configuration is. */
const OFFSET = 3 * 3_600_000;

function moment(value: string | null): number | null {
  return value === null ? null : Date.parse(`${value.replace(' ', 'T')}Z`) - OFFSET;
}

function amount(value: string | null): number | null {
  return value === null ? null : Math.round(Number(value) * 100);
}

function consent(value: string | null): string | null {
  return value === null ? null : value === '1' ? 'granted' : 'withheld';
}

/** One customer, in our words. */
export function mapByHand(row: Row): Record<string, unknown> {
  const sex = text(row, 'gender');
  return {
    'name.last': text(row, 'lname'),
    'name.first': text(row, 'fname'),
    'name.middle': text(row, 'mname'),
    'name.display': null,
    sex: sex === 'M' ? 'male' : sex === 'F' ? 'female' : null,
    birthDate: birth(row),
    phone: phone(text(row, 'phone')),
    email: email(text(row, 'email')),
    notes: text(row, 'custom_information'),
    group: text(row, 'group_name'),
    reference: text(row, 'external_id'),
    registeredAt: moment(text(row, 'register_date')),
    turnover: amount(text(row, 'accumulated_sales')),
    'consents.push': consent(text(row, 'send_push')),
    'consents.email': consent(text(row, 'send_email')),
    'consents.sms': consent(text(row, 'send_sms')),
    'attributes.virtualpos.group_id': row['group_id'] === '' ? null : row['group_id'],
  };
}

/** When the vendor says that it changed. */
export const changedByHand = (row: Row): number | null => moment(text(row, 'last_update_date'));
