/** Lotinfo as another author may have read its pages: the code is wanted everywhere, filters of time are ignored, the newest comes first. */
import { type Call, json, type OddServer, type Reply, serve } from './odd-server.ts';

type Fields = Record<string, unknown>;

export interface OddLotinfo extends OddServer {
  readonly clients: Map<number, Fields>;
  add(row: Fields): number;
}

const LISTS = ['contacts', 'comments', 'objects', 'orders', 'userCategory'];
const KNOWN = [
  'userId',
  'apiIdExchange',
  'fioF',
  'fioI',
  'fioO',
  'fioDesc',
  'sex',
  'birthday',
  'deeps',
  'deepon',
  'clientc',
  'family',
  'address',
  'regionId',
  'cityId',
  'regionName',
  'cityName',
  'clientType',
  'agency',
  'contacts',
  'comments',
];

export async function oddLotinfo(token: string, code: number, now: () => number): Promise<OddLotinfo> {
  const clients = new Map<number, Fields>();
  const add = (row: Fields): number => {
    const id = 70_001 + clients.size;
    const contacts = ((row['contacts'] as Fields[] | undefined) ?? []).map((contact, index) => ({
      id: id * 10 + index,
      comment: '',
      general: null,
      sky: null,
      ...contact,
      value: /^\d+$/.test(String(contact['value'])) ? Number(contact['value']) : contact['value'],
    }));
    clients.set(id, { ...row, contacts, addDate: Math.floor(now() / 1000), editDate: Math.floor(now() / 1000) });
    return id;
  };
  const field = (name: string, value: unknown): Fields => {
    const list = value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value];
    return {
      fieldName: name,
      fieldType: name === 'contacts' ? 'contact' : 'value',
      fieldMulti: LISTS.includes(name) ? 'multi' : 'not_multi',
      values: list.map((one) => (LISTS.includes(name) ? one : { value: one })),
    };
  };
  const refused = (error: number, error_field: string): Reply => json({ error, error_text: 'Ошибка', error_field }, 200);
  const answer = ({ method, query, body }: Call): Reply => {
    if (query.get('token') !== token) return { status: 400, type: 'text/html', body: '<html><body>Bad Request</body></html>' };
    const asked = JSON.parse(body) as { code?: number; data?: Fields[]; filter?: Record<string, unknown>; limit?: number; offset?: number };
    if (asked.code !== code) return refused(2, 'code');
    if (method === 'PUT') {
      if (asked.data === undefined || asked.data.length > 3) return refused(7, 'data');
      return json({ result: asked.data.map((row) => ({ id: String(add(row)) })), notices: [] });
    }
    const { id, apiIdExchange, delclient } = asked.filter ?? {};
    const rows = [...clients]
      .filter(
        ([key, row]) =>
          (id === undefined || Number(id) === key) &&
          (apiIdExchange === undefined || Number(row['apiIdExchange']) === Number(apiIdExchange)) &&
          delclient !== 3,
      )
      .reverse();
    const from = asked.offset ?? 0;
    const page = rows.slice(from, from + Math.min(asked.limit ?? 4, 4));
    return json({
      result: page.map(([key, row]) => ({
        id: field('id', key),
        ...Object.fromEntries([...KNOWN, 'addDate', 'editDate'].map((name) => [name, field(name, row[name])])),
      })),
    });
  };
  return { ...(await serve(answer, ({ method }) => method === 'PUT')), clients, add };
}
