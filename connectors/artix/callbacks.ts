/**
 * The calls that the exchange service makes to whoever sent a load: `POST /CSrest/rest/dicts/backOfficeState/{shop}` (answered with
 * an id), `PUT …/backOfficeState/{shop}/{id}` and `PUT /CSrest/rest/dicts/cashLoad/{shop}/{cashCode}/{id}`. The caller shows no
 * login. The first call is an announcement: whoever makes it is handed an id and says nothing about what became of the load. What the
 * later ones say is believed without a look only where nothing can be looked at.
 */
import type { Context } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import type { CallPlace, Listener, ListenerAnswer, ListenerCall } from '../../core/listener.ts';
import type { Notice, Notices } from '../../core/notices.ts';
import { isObject, text } from '../shared/records.ts';
import type { HttpSettings, StatusSettings } from './settings-commands.ts';
import { type Status, statusIn, toldOf, verdictOf, withWord } from './statuses.ts';

/** A status and two messages; more than this is not one of theirs. */
const MAX_BYTES = 16_384;

const STATE = /^\/CSrest\/rest\/dicts\/backOfficeState\/([\w-]{1,40})$/;
const STATE_OF = /^\/CSrest\/rest\/dicts\/backOfficeState\/([\w-]{1,40})\/([\w-]{1,80})$/;
const DESK_OF = /^\/CSrest\/rest\/dicts\/cashLoad\/([\w-]{1,40})\/([\w-]{1,20})\/([\w-]{1,80})$/;

/** What one call speaks of. `id` is absent in the first call about a load: it names the shop alone. */
interface Topic {
  readonly shop: string;
  readonly who: string;
  readonly id?: string;
}

/** The first call about a load names a shop and nothing else that is certain: the shop, the address and who may call must tell systems apart. */
export function callPlace({ shops }: HttpSettings, { listen, from }: StatusSettings): CallPlace {
  const colon = listen.lastIndexOf(':');
  return {
    host: listen.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(listen.slice(colon + 1)),
    path: ['http', 'statuses', 'listen'],
    topic: 'shop',
    topics: shops,
    ...(from !== undefined && { from }),
  };
}

export function statusListener(ctx: Context, http: HttpSettings, statuses: StatusSettings, notices: Notices): Listener {
  const { host, port } = callPlace(http, statuses);

  async function noticeFor(topic: Topic, body: Json): Promise<Notice | null> {
    if (topic.id === undefined) return newestOf(await notices.open(topic.shop, ctx.clock.now() - http.timeoutSeconds * 1000), body);
    const known = await notices.find(topic.id);
    // An id is good for its own shop, and until its load was given up.
    return known !== null && known.topic === topic.shop && !known.closed ? known : null;
  }

  let kept: Promise<unknown> = Promise.resolve();
  /** Adds a word to what was told so far. One after the other: calls that come at once would each write over what another one added. */
  function keep({ id }: Notice, topic: Topic, status: Status): Promise<void> {
    const mine = kept.then(() => add(id, topic, status));
    kept = mine.catch(() => undefined);
    return mine;
  }

  async function add(id: string, { shop, who }: Topic, status: Status): Promise<void> {
    const notice = await notices.find(id);
    if (notice === null || notice.closed) return;
    const told = withWord(toldOf(notice), who, status);
    // A load that is done stays open for what the desks say of it, until its time is over or the next one is sent.
    await notices.tell(notice.id, JSON.stringify(told), verdictOf(told, statuses.doneBy) === 'failed');
    ctx.log.debug('a status was called back', { system: ctx.system, shop, load: notice.id, who, status });
  }

  return {
    host,
    port,
    maxBytes: MAX_BYTES,
    async answer(call) {
      const topic = topicOf(call);
      if (topic === null || !http.shops.includes(topic.shop)) return null;
      if (statuses.from !== undefined && !statuses.from.includes(plainAddress(call.peer))) return refuse(403, topic, 'an address that may not call');
      const body = parse(call.body);
      const status = body === undefined ? null : statusIn(body);
      // The first call may only announce itself; later ones carry a status or say nothing.
      if (body === undefined || (status === null && topic.id !== undefined)) return refuse(400, topic, 'no status');
      const notice = await noticeFor(topic, body);
      if (notice === null) return refuse(404, topic, 'an id or a load that is not ours');
      const taken = { status: 200, body: JSON.stringify(topic.id ?? notice.reply) };
      // Anybody could make the first call: it settles nothing.
      return status === null || topic.id === undefined ? taken : { ...taken, keep: () => keep(notice, topic, status) };
    },
  };
}

/** The load of the first call about one: the only one under way, or the one that its `fileName` names. */
function newestOf(open: readonly Notice[], body: Json): Notice | null {
  const name = isObject(body) ? text(body.fileName) : '';
  const named = open.filter(({ id }) => name !== '' && name.includes(id));
  const candidates = named.length > 0 ? named : open;
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function topicOf({ method, path }: ListenerCall): Topic | null {
  const [, shop = ''] = method === 'POST' ? (STATE.exec(path) ?? []) : [];
  if (shop !== '') return { shop, who: 'backOfficeState' };
  if (method !== 'PUT') return null;
  const state = STATE_OF.exec(path);
  if (state !== null) return { shop: state[1] ?? '', who: 'backOfficeState', id: state[2] ?? '' };
  const desk = DESK_OF.exec(path);
  return desk === null ? null : { shop: desk[1] ?? '', who: `cashLoad:${desk[2] ?? ''}`, id: desk[3] ?? '' };
}

/** `undefined` for what is no JSON; nothing at all is an empty object. */
function parse(body: Buffer): Json | undefined {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

/** `::ffff:10.0.0.5` is how a socket for both families calls `10.0.0.5`. */
function plainAddress(peer: string): string {
  return peer.startsWith('::ffff:') && peer.includes('.') ? peer.slice('::ffff:'.length) : peer;
}

function refuse(status: number, { shop }: Topic, why: string): ListenerAnswer {
  return { status, body: '', refused: { why, topic: shop } };
}
