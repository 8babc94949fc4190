/**
 * Artix as another author may have read what integrators wrote: no list of cards and none of groups, no system/info, ids as numbers,
 * errors for what is not there, a bonus server whose pages count from 1 and whose success says `errorCode` 0.
 */
import { type Call, json, type OddServer, type Reply, serve } from './odd-server.ts';

type Fields = Record<string, unknown>;

export interface OddArtix extends OddServer {
  readonly clients: Map<string, Fields>;
  readonly cards: Map<string, Fields>;
  /** Kopecks by account number; a card's account is `account:<card>` unless we opened it. */
  readonly accounts: Map<string, number>;
  readonly accountOf: Map<string, string>;
  balance(card: string): number;
  add(client: Fields & { idclient: string }, card?: string, kopecks?: number): void;
}

const none = (what: string): Reply => json({ errorCode: 'NOT_FOUND', message: `${what} не найден` }, 404);
const asNumber = (id: unknown): unknown => (/^[1-9]\d{0,14}$/.test(String(id)) ? Number(id) : id);

export async function oddArtix(login: string, password: string): Promise<OddArtix> {
  const clients = new Map<string, Fields>();
  const cards = new Map<string, Fields>();
  const accounts = new Map<string, number>();
  const accountOf = new Map<string, string>();
  const sessions = new Set<string>();
  const balance = (card: string): number => accounts.get(accountOf.get(card) ?? '') ?? 0;
  const show = (fields: Fields): Fields => ({
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== '')),
    idclient: asNumber(fields['idclient']),
    ...(fields['sex'] === undefined ? {} : { sex: String(fields['sex']) }),
  });

  const dictionaries = ({ method, path, body }: Call): Reply => {
    const [, kind, by, id] = path.split('/').map(decodeURIComponent);
    if (kind === 'clients' && method === 'GET' && by === undefined) return json([...clients.values()].map(show));
    if (kind === 'clients' && method === 'GET') return clients.has(id ?? '') ? json(show(clients.get(id ?? '') ?? {})) : none('клиент');
    if (kind === 'clients' && method === 'DELETE') return clients.delete(id ?? '') ? { status: 204 } : none('клиент');
    if (kind === 'cards' && method === 'GET' && by === 'id')
      return cards.has(id ?? '') ? json({ ...cards.get(id ?? ''), idcard: asNumber(id), number: asNumber(cards.get(id ?? '')?.['number']) }) : none('карта');
    if (method !== 'POST') return { status: 405, type: 'text/html', body: '<h1>Method Not Allowed</h1>' };
    const fields = JSON.parse(body) as Fields;
    if (kind === 'clients') clients.set(String(fields['idclient']), fields);
    else if (kind === 'cards') cards.set(String(fields['idcard']), fields);
    else return none(kind ?? '');
    return { status: 201 };
  };

  const acc = ({ method, path, query, body }: Call): Reply => {
    const [what, number] = path.split('/').map(decodeURIComponent);
    if (method === 'GET' && what === 'accounts') {
      const page = Math.max(1, Number(query.get('pageNumber')));
      const size = Math.min(5, Number(query.get('pageSize')));
      const rows = [...accounts].map(([account, kopecks]) => ({
        number: account,
        balance: kopecks,
        cards: [...accountOf].filter(([, one]) => one === account).map(([card]) => ({ number: card, status: 'EARN_PAY' })),
      }));
      return json({ pageNumber: page, accounts: rows.slice((page - 1) * size, page * size) });
    }
    if (method === 'GET' && what === 'cards')
      return accountOf.has(number ?? '')
        ? json({ number, accountNumber: accountOf.get(number ?? ''), status: 'EARN_PAY', balance: balance(number ?? ''), balanceInactive: 0 })
        : none('карта');
    if (method !== 'POST') return json([]);
    const fields = JSON.parse(body) as Fields;
    if (what === 'accounts') {
      if (accounts.has(String(fields['number']))) return json({ errorCode: 11, message: 'уже есть' }, 409);
      accounts.set(String(fields['number']), 0);
    } else if (what === 'cards') {
      if (!accounts.has(String(fields['accountNumber']))) return json({ errorCode: 12, message: 'нет счёта' }, 422);
      accountOf.set(String(fields['number']), String(fields['accountNumber']));
    } else {
      const account = accountOf.get(String(fields['cardNumber'])) ?? '';
      if (sessions.has(String(fields['sessionId']))) return json({ errorCode: 13, message: 'сессия уже есть' }, 409);
      const amount = Number(fields['amount']) * (fields['type'] === 'ADD' ? 1 : -1);
      if ((accounts.get(account) ?? 0) + amount < 0) return json({ errorCode: 14, message: 'мало' }, 409);
      sessions.add(String(fields['sessionId']));
      accounts.set(account, (accounts.get(account) ?? 0) + amount);
    }
    return json({ errorCode: 0, message: 'OK' });
  };

  const server = await serve(
    (call) => {
      if (call.headers.authorization !== `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`) return { status: 401 };
      const cs = '/CSrest/rest/';
      const bonus = '/ACC/rest/v1/';
      if (call.path.startsWith(`${cs}dictionaries/`)) return dictionaries({ ...call, path: call.path.slice(cs.length) });
      if (call.path.startsWith(bonus)) return acc({ ...call, path: call.path.slice(bonus.length) });
      return { status: 404, type: 'text/html', body: '<h1>Not Found</h1>' };
    },
    ({ method }) => method !== 'GET',
  );
  return {
    ...server,
    clients,
    cards,
    accounts,
    accountOf,
    balance,
    add(client, card, kopecks = 0) {
      clients.set(client.idclient, client);
      if (card === undefined) return;
      cards.set(card, { idcard: card, number: card, idclient: client.idclient, idcardgroup: 2, blocked: 0, pincode: '1234', purchases: 7 });
      accounts.set(`account:${card}`, kopecks);
      accountOf.set(card, `account:${card}`);
    },
  };
}
