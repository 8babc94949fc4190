/**
 * VirtualPOS as another author may have read its page: a PHP site over MySQL. Lists are objects with numbered names, the newest
 * first, ten rows at most without saying so; numbers are numbers, dates are zero dates, errors are HTTP 400 with a structure.
 */
import { type Call, json, type OddServer, type Reply, serve } from './odd-server.ts';

interface Customer {
  [field: string]: string | number | null;
}
interface Card {
  card_id: number;
  uid: string;
  customer_id: number;
  status: string;
  medium: string;
  note: string;
}

export interface OddVirtualpos extends OddServer {
  readonly customers: Map<number, Customer>;
  readonly cards: Map<number, Card>;
  /** By customer, in roubles and kopecks as kopecks. */
  readonly savings: Map<number, number>;
  add(fields: Customer): number;
  addCard(uid: string, customer: number): void;
  edit(id: number, fields: Customer): void;
}

const ZERO = '0000-00-00 00:00:00';
const CAP = 10;

export async function oddVirtualpos(key: string, now: () => number, form: 'json' | 'xml' = 'json'): Promise<OddVirtualpos> {
  const customers = new Map<number, Customer>();
  const cards = new Map<number, Card>();
  const savings = new Map<number, number>();
  const stamp = (): string => new Date(now() + 3 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const add = (fields: Customer): number => {
    const id = 501 + customers.size;
    customers.set(id, {
      id,
      external_id: null,
      fname: '',
      lname: '',
      mname: null,
      age: 0,
      email: null,
      phone: null,
      gender: '',
      custom_information: null,
      birth_day: 0,
      birth_month: 0,
      birth_year: 0,
      register_date: ZERO,
      accumulated_sales: '0.00',
      send_push: 0,
      send_email: 0,
      send_sms: 0,
      group_id: 0,
      group_name: null,
      created_date: ZERO,
      created_by: null,
      last_update_date: ZERO,
      last_update_by: null,
      loyalty: 'gold',
      ...fields,
    });
    return id;
  };
  const addCard = (uid: string, customer: number): void => {
    const card_id = 9001 + cards.size;
    cards.set(card_id, { card_id, uid, customer_id: customer, status: 'ACTIVE', medium: 'APP', note: 'vip' });
  };
  const edit = (id: number, fields: Customer): void => void customers.set(id, { ...customers.get(id), ...fields, last_update_date: stamp() });

  const failed = (text: string): Reply => shown({ success: 0, info: { code: 5, text } }, 400);
  const shown = (value: unknown, status = 200): Reply =>
    form === 'json' ? json(value, status) : { status, type: 'text/xml', body: `<?xml version="1.0" encoding="utf-8"?>\n<root>${xml(value)}</root>` };

  const row = (id: number): unknown => {
    const own = [...cards.values()].filter((card) => card.customer_id === id);
    const amount = ((savings.get(id) ?? 0) / 100).toFixed(2);
    const rows = own.map(({ customer_id: _, ...card }) => card);
    const bonus = [{ id: 1, name: 'Бонусы', balance: amount }];
    return {
      ...customers.get(id),
      cards: form === 'xml' ? { card: rows } : rows.length === 1 ? { card: rows[0] } : rows,
      bonuses: form === 'xml' ? { bonus } : bonus,
    };
  };
  const read = ({ query }: Call): Reply => {
    const fits = (id: number): boolean => {
      const customer = customers.get(id);
      return (
        ['id', 'external_id', 'email'].every((name) => query.get(name) === null || String(customer?.[name] ?? '') === query.get(name)) &&
        (query.get('phone') === null || digits(customer?.['phone']).endsWith(digits(query.get('phone')).slice(-10)))
      );
    };
    const ids = [...customers.keys()].filter(fits).sort((a, b) => b - a);
    const page = Number(query.get('page') ?? 1);
    const size = Math.min(Number(query.get('page_size') ?? CAP), CAP);
    const rows = ids.slice((page - 1) * size, page * size).map(row);
    return shown({
      success: 1,
      type: 'customer',
      count: rows.length,
      customers: form === 'xml' ? { customer: rows } : Object.fromEntries(rows.map((one, index) => [String(index), one])),
      total_count: String(ids.length),
    });
  };
  const update = ({ query, body }: Call): Reply => {
    const fields = Object.fromEntries(new URLSearchParams(body));
    delete fields['apikey'];
    if (fields['age'] !== undefined) return failed('age');
    for (const name of ['fname', 'lname', 'mname', 'email']) if (fields[name] !== undefined) fields[name] = fields[name].trim();
    if (fields['phone'] !== undefined) fields['phone'] = digits(fields['phone']);
    const wanted = query.get('id') ?? '';
    const outer = query.get('external_id');
    const id = [...customers.keys()].find((one) => (wanted === '' ? outer !== null && customers.get(one)?.['external_id'] === outer : String(one) === wanted));
    if (id === undefined && (wanted !== '' || query.get('create_if_not_exist') !== '1')) return failed('Клиент не найден');
    const key = id ?? add({ register_date: stamp(), created_date: stamp() });
    edit(key, { ...fields, ...(outer === null ? {} : { external_id: outer }) });
    return shown({ success: true, id: key, isnew: id === undefined });
  };
  const updateCard = ({ query, body }: Call): Reply => {
    const fields = new URLSearchParams(body);
    const found =
      [...cards.values()].find((card) => String(card.card_id) === query.get('card_id')) ?? [...cards.values()].find((card) => card.uid === query.get('uid'));
    if (found === undefined && query.get('create_if_not_exist') !== '1') return failed('Карта не найдена');
    if (found === undefined) addCard(query.get('uid') ?? '', Number(fields.get('customer_id')));
    const card = found ?? [...cards.values()].at(-1);
    if (card === undefined) return failed('Ошибка');
    for (const name of ['status', 'medium'] as const) card[name] = fields.get(name) ?? card[name];
    if (fields.get('customer_id') !== null) card.customer_id = Number(fields.get('customer_id'));
    return shown({ success: 1, id: card.card_id, isnew: found === undefined ? 1 : 0 });
  };
  const updateBonus = ({ body }: Call): Reply => {
    const fields = new URLSearchParams(body);
    const customer = Number(fields.get('customer_id'));
    const amount = Math.round(Number(fields.get('amount')) * 100);
    const next = (['true', '1'].includes(fields.get('overwrite') ?? '') ? 0 : (savings.get(customer) ?? 0)) + amount;
    if (!customers.has(customer) || next < 0) return failed('Недостаточно бонусов');
    savings.set(customer, next);
    return shown({ success: 1 });
  };
  const server = await serve(
    (call) => {
      const given = call.query.get('apikey') ?? new URLSearchParams(call.body).get('apikey');
      if (given !== key) return { status: 403 };
      switch (call.path) {
        case '/api/customer':
          return read(call);
        case '/api/customer/update':
          return update(call);
        case '/api/customer/updateCard':
          return updateCard(call);
        case '/api/customer/updateBonus':
          return updateBonus(call);
        default:
          return { status: 404, type: 'text/html', body: '<h1>404</h1>' };
      }
    },
    ({ path }) => path !== '/api/customer',
  );
  return { ...server, customers, cards, savings, add, addCard, edit };
}

const digits = (text: unknown): string => String(text ?? '').replace(/\D/g, '');

/** Elements in the order of members; texts of customers in CDATA, numbers bare, an attribute here and there. */
function xml(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value !== 'object') return typeof value === 'string' && /[^\w.]/.test(value) ? `<![CDATA[${value}]]>` : String(value);
  return Object.entries(value)
    .map(([name, member]) =>
      (Array.isArray(member) ? member : [member])
        .map((one, index) => (one === null || one === '' ? `<${name}/>` : `<${name} n="${index}">${xml(one)}</${name}>`))
        .join('\n'),
    )
    .join('\n');
}
