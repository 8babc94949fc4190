import type { VodyanoySeed } from './store.ts';

const client = ['naimenovanie', 'telefon', 'email', 'psw'] as const;
const address = ['ulica', 'dom', 'korpus', 'kv', 'commvod', 'commdisp'] as const;

const parse = (body: Buffer): Record<string, unknown> | undefined => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value.trim() : typeof value === 'number' ? `${value}` : undefined);

const pick = (from: Record<string, unknown>, names: readonly string[]): Record<string, string> => {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = text(from[name]);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
};

/** An edit of a client in the words of the creation; undefined when the body is no JSON object. */
export function readPatch(body: Buffer): Partial<VodyanoySeed> | undefined {
  const given = parse(body);
  if (given === undefined) return undefined;
  const comment = text(given.dop_sv);
  return {
    ...pick(given, client),
    ...(comment === undefined ? {} : { comment }),
    ...(given.etoof === undefined ? {} : { etoof: Number(given.etoof) }),
    address: pick(given, address),
  };
}

/** A new client (Vodyanoy REST, clients, creating); undefined without a name. Names it does not know are ignored. */
export function readCreate(body: Buffer): VodyanoySeed | undefined {
  const read = readPatch(body);
  return read?.naimenovanie === undefined || read.naimenovanie === '' ? undefined : { ...read, naimenovanie: read.naimenovanie };
}
