/** Reads the field names out of the vendors' own documents, where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { SEED_DOCUMENTS } from './seed-fields.ts';

/** Where the vendors' documents are: `VENDOR_DOCUMENTS`, or beside the repository. */
const FOLDER = process.env.VENDOR_DOCUMENTS ?? new URL('../../../shared/vendors', import.meta.url).pathname;

/** A vendor's document as text; null where it is not at hand. */
export function documentOf(vendor: string): string | null {
  const file = `${FOLDER}/${SEED_DOCUMENTS[vendor]?.file}`;
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

type Fields = Record<string, readonly string[]>;

const names = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const unique = (list: readonly string[]): string[] => [...new Set(list)];

/** The part of a text after `from` and before `to` (to the end without it). Throws where a mark is missing: then the document has changed. */
function between(text: string, from: string, to?: string): string {
  const start = text.indexOf(from);
  const end = to === undefined ? text.length : text.indexOf(to, start + from.length);
  if (start < 0 || end < 0) throw new Error(`the document has no part from "${from}" to "${to ?? 'its end'}"`);
  return text.slice(start + from.length, end);
}

/** The fields that a vendor's document names, by stream or by the object they stand in. */
export const FIELDS_OF: Readonly<Record<string, (text: string) => Fields>> = {
  virtualpos: (text) => ({
    clients: unique([
      ...names(text.match(/<customer>[\s\S]*?<\/customer>/g)?.join('\n') ?? '', /<(\w+)\/?>/g).filter((name) => name !== 'customer'),
      ...names(between(text, 'Параметры запроса', 'Ответ сервера'), /^(\w+) (?:\(|-)/gm),
      ...names(between(text, 'Пример запроса на добавление', 'Ответ сервера'), /^(\w+) \(get/gm),
    ]),
    cards: names(between(text, 'updateCard - ', 'deleteCard - '), /^(\w+) \(get/gm),
    bonuses: names(between(text, 'updateBonus - '), /^\(\w+\) (\w+) - /gm),
  }),
  artix: (text) => ({ clients: artixClient(text) }),
  lotinfo: (text) => {
    const parts: Fields = {};
    for (const [, name, body] of text.matchAll(/^(data|contacts|comments|passport|objects|orders)\*?\n\n(?:array|object)\n\n(.+)$/gm)) {
      parts[name === 'data' ? 'clients' : (name ?? '')] = names(body ?? '', / - (\w+) \((?:integer|string|array|object)/g);
    }
    return parts;
  },
  vodyanoy: (text) => ({
    clients: unique([
      ...names(text, /^(?:Поля: )?([A-Z_]+) - /gm).map((name) => name.toLowerCase()),
      ...names(text, /"(\w+)":/g).map((name) => name.toLowerCase()),
    ]).filter((name) => !['result', 'limit', 'total', 'adr'].includes(name)),
  }),
};

/** Both tables "Свойства параметра client" and both examples. A blank inside a name is an artefact of the print. */
function artixClient(text: string): string[] {
  const found: string[] = [];
  for (const part of text.split('Свойства параметра client').slice(1)) {
    const table = part.split('Свойства объекта')[0] ?? '';
    found.push(...names(table, /^([a-z][a-z0-9 ]*)\t/gm).map((name) => name.replaceAll(' ', '')));
  }
  for (const [, json] of text.matchAll(/```\n([\s\S]*?)```/g)) {
    found.push(...Object.keys((JSON.parse(json ?? '') as { client?: object }).client ?? {}));
  }
  return unique(found);
}
