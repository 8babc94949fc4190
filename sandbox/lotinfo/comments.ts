import { isObject, type LotinfoClient, type LotinfoError } from './model.ts';
import type { LotinfoStore } from './store.ts';

/** A row of an answer to a comment call. */
type Done = { id: number; put: 'ok' } | { id: number; post: 'ok' };

/** The texts of a comment call with, for an edit, their ids; or why it is refused. */
const readCall = (client: LotinfoClient, body: Record<string, unknown>): { id: number; value: string }[] | LotinfoError => {
  const { userId: owner } = client.fields;
  if (owner !== undefined && `${body.userId}` !== owner) return { field: 'userId', text: 'Клиент не принадлежит пользователю' };
  const { data } = body;
  if (!Array.isArray(data) || data.length === 0) return { field: 'data', text: 'Нет данных' };
  const read = data.map((entry) => ({
    id: isObject(entry) ? Number(entry.id) : Number.NaN,
    value: isObject(entry) && typeof entry.value === 'string' ? entry.value.trim() : '',
  }));
  const empty = read.findIndex(({ value }) => value === '');
  return empty < 0 ? read : { field: 'value', text: 'Пустое значение', index: empty };
};

/** `PUT …/COMMENTS` (Lotinfo API, comments): adds comments to a client of the user. */
export function addComments(store: LotinfoStore, client: LotinfoClient, body: Record<string, unknown>, at: number): Done[] | LotinfoError {
  const given = readCall(client, body);
  if (!Array.isArray(given)) return given;
  return given.map(({ value }) => ({ id: store.addComment(client, value, `${body.userId}`, at).id, put: 'ok' }));
}

/** `POST …/COMMENTS` (Lotinfo API, comments): edits comments within a time from their creation; all or none. */
export function editComments(client: LotinfoClient, body: Record<string, unknown>, at: number, allowedMs: number): Done[] | LotinfoError {
  const given = readCall(client, body);
  if (!Array.isArray(given)) return given;
  const byId = new Map(client.comments.map((comment) => [comment.id, comment]));
  const late = given.findIndex(({ id }) => {
    const comment = byId.get(id);
    return comment === undefined || at - comment.at > allowedMs;
  });
  if (late >= 0) return { field: 'id', text: 'Комментарий нельзя изменить', index: late };
  client.editedAt = at;
  return given.map(({ id, value }) => {
    const comment = byId.get(id);
    if (comment !== undefined) comment.value = value;
    return { id, post: 'ok' };
  });
}
