import { isObject, type LotinfoClient, type LotinfoError } from './model.ts';
import { cities } from './places.ts';

/** Whether a client passes one filter. */
type Test = (client: LotinfoClient) => boolean;

/** What the filters need to know of the settings. */
export interface FilterRules {
  inclusive: boolean;
  /** Which spelling of the filter by state is heeded. */
  states: 'both' | 'delclient' | 'delClient' | 'ignored';
}

const seconds = (at: number): number => Math.floor(at / 1000);

const range = (field: string, value: unknown, of: (client: LotinfoClient) => number, rules: FilterRules): Test | LotinfoError => {
  if (!isObject(value)) return { field, text: 'Ожидается {min, max}' };
  const bound = (edge: unknown, otherwise: number): number => (edge === undefined ? otherwise : Number(edge));
  const min = bound(value.min, Number.NEGATIVE_INFINITY);
  const max = bound(value.max, Number.POSITIVE_INFINITY);
  if (Number.isNaN(min) || Number.isNaN(max)) return { field, text: 'Ожидается время Unix' };
  return (client) => {
    const at = seconds(of(client));
    return rules.inclusive ? at >= min && at <= max : at > min && at < max;
  };
};

/** One value or a list of them, compared as text: the vendor takes integers bare and quoted. */
const oneOf = (value: unknown, of: (client: LotinfoClient) => string | undefined): Test => {
  const asked = new Set((Array.isArray(value) ? value : [value]).map(String));
  return (client) => asked.has(of(client) ?? '');
};

const fullName = ({ fields }: LotinfoClient): string =>
  [fields.fioF, fields.fioI, fields.fioO]
    .filter((part) => part !== undefined)
    .join(' ')
    .toLowerCase();

const test = (field: string, value: unknown, rules: FilterRules): Test | LotinfoError => {
  switch (field) {
    case 'id':
      return oneOf(value, (client) => `${client.id}`);
    case 'userId':
    case 'apiIdExchange':
    case 'regionName':
    case 'cityName':
      return oneOf(value, (client) => client.fields[field]);
    case 'clientCat':
      return oneOf(value, (client) => `clientc_${client.fields.clientc ?? ''}`);
    case 'fio':
      return (client) => fullName(client).includes(String(value).trim().toLowerCase());
    case 'delclient':
    case 'delClient':
      return oneOf(value, (client) => `${client.state}`);
    case 'addDate':
      return range(field, value, (client) => client.addedAt, rules);
    case 'editDate':
      return range(field, value, (client) => client.editedAt, rules);
    default:
      return { field, text: 'Фильтр не поддерживается' };
  }
};

/**
 * The clients that pass a filter (Lotinfo API, reading clients). Without `delclient` deleted ones stay out. A filter
 * this sandbox does not know is refused rather than ignored.
 */
export function select(clients: Iterable<LotinfoClient>, filter: unknown, rules: FilterRules): LotinfoClient[] | LotinfoError {
  const asked = filter === undefined ? {} : filter;
  if (!isObject(asked)) return { field: 'filter', text: 'Ожидается объект' };
  const tests: Test[] = [];
  const heeded = (name: string): boolean => asked[name] !== undefined && (rules.states === 'both' || rules.states === name);
  if (!heeded('delclient') && !heeded('delClient')) tests.push((client) => client.state !== 3);
  for (const [field, value] of Object.entries(asked)) {
    if (field.toLowerCase() === 'delclient' && !heeded(field)) continue;
    const one = test(field, value, rules);
    if (typeof one !== 'function') return one;
    tests.push(one);
  }
  return [...clients].filter((client) => tests.every((passes) => passes(client)));
}

const sortKeys: Record<string, (client: LotinfoClient) => number | string> = {
  id: (client) => client.id,
  addDate: (client) => seconds(client.addedAt),
  editDate: (client) => seconds(client.editedAt),
  userId: (client) => Number(client.fields.userId ?? 0),
  fioF: (client) => client.fields.fioF ?? '',
  fioI: (client) => client.fields.fioI ?? '',
  cityName: (client) => cities.get(Number(client.fields.cityId))?.name ?? '',
};

const compare = (left: number | string, right: number | string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Sorts by `order`, an object field → direction; `id` ascending without it and among equals. */
export function sort(clients: LotinfoClient[], order: unknown): LotinfoClient[] | LotinfoError {
  const asked = order === undefined ? {} : order;
  if (!isObject(asked)) return { field: 'order', text: 'Ожидается объект' };
  const steps: ((left: LotinfoClient, right: LotinfoClient) => number)[] = [];
  for (const [field, direction] of Object.entries(asked)) {
    const key = Object.hasOwn(sortKeys, field) ? sortKeys[field] : undefined;
    if (key === undefined || (direction !== 'asc' && direction !== 'desc')) return { field: 'order', text: 'Неверная сортировка' };
    const sign = direction === 'asc' ? 1 : -1;
    steps.push((left, right) => sign * compare(key(left), key(right)));
  }
  return clients.sort((left, right) => {
    for (const step of steps) {
      const decided = step(left, right);
      if (decided !== 0) return decided;
    }
    return left.id - right.id;
  });
}
