/** Vodyanoy as another author may have read its page: numbers in lists, texts in the answer to a creation, nothing at all for what is not there. */
import { type Call, json, type OddServer, type Reply, serve } from './odd-server.ts';

type Fields = Record<string, string>;

export interface OddVodyanoy extends OddServer {
  readonly clients: Map<string, Fields>;
  add(fields: Fields): string;
}

export async function oddVodyanoy(token: string, now: () => number): Promise<OddVodyanoy> {
  const clients = new Map<string, Fields>();
  const stamp = (): string => {
    const wall = new Date(now() + 3 * 3_600_000);
    const two = (part: number): string => String(part).padStart(2, '0');
    return `${two(wall.getUTCDate())}.${two(wall.getUTCMonth() + 1)}.${wall.getUTCFullYear()} ${wall.getUTCHours()}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`;
  };
  const add = (fields: Fields): string => {
    const id = String(1_000_000_000_001 + clients.size);
    clients.set(id, { ID: id, DSZD: stamp(), GOROD: 'Казань', ...fields });
    return id;
  };
  const filled = (fields: Fields): Record<string, unknown> => ({
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')),
    ID: Number(fields['ID']),
  });
  const digits = (text: string | undefined): string => (text ?? '').replace(/\D/g, '');
  const answer = ({ method, path, query, headers, body }: Call): Reply => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401 };
    if (method === 'POST') {
      const { naimenovanie = '', telefon = '', email = '', dop_sv = '' } = JSON.parse(body) as Fields;
      if (naimenovanie === '') return { status: 400 };
      return json({ result: add({ NAIMENOVANIE: naimenovanie, TELEFON: telefon, EMAIL: email, DOP_SC: dop_sv }), adr: '7' }, 201);
    }
    if (method !== 'GET') return { status: 405 };
    const one = /^\/api\/clients\/(\w+)$/.exec(path)?.[1];
    if (one !== undefined) return clients.has(one) ? json({ result: filled(clients.get(one) ?? {}) }) : { status: 404 };
    const tel = query.get('tel');
    if (tel !== null) {
      const found = [...clients.values()].find((client) => digits(client['TELEFON']).includes(tel.slice(-10)));
      return found === undefined
        ? { status: 404 }
        : json({ result: { id: found['ID'], naimenovanie: found['NAIMENOVANIE'], telefon: found['TELEFON'], polnoenaimenovanie: found['NAIMENOVANIE'] } });
    }
    const limit = Math.min(Number(query.get('limit') ?? 6), 6);
    const offset = Number(query.get('offset') ?? 0);
    return json({ result: [...clients.values()].slice(offset, offset + limit).map(filled), limit, total: clients.size });
  };
  return { ...(await serve(answer, ({ method }) => method !== 'GET')), clients, add };
}
