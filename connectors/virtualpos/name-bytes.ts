/** Finds the values of a few fields in an answer of which not all is parsed; each different value is read once. */
import type { Json } from '../../core/contract.ts';
import { parsePlainXml } from './xml-plain.ts';

export type Form = 'json' | 'xml';

interface Wanted<F extends string> {
  readonly field: F;
  /** The field's name as its form writes it: `"type_name"`, `<type_name>`. */
  readonly name: Buffer;
}

/** Bytes behind a name that hold its value: no name of a group or type is as long. */
const MAX_BYTES = 4096;

/** What stands behind the name, up to the end of the value. */
const RAW: Readonly<Record<Form, RegExp>> = { json: /^\s*:\s*"(?:[^"\\]|\\.)*"/, xml: /^[^<]*(?=<)/ };
const VALUES: Readonly<Record<Form, (raw: string) => Json | undefined>> = {
  json: (raw) => JSON.parse(raw.slice(raw.indexOf('"'))) as Json,
  xml: (raw) => parsePlainXml(`<name>${raw}</name>`, 1),
};
const ENDS: Readonly<Record<Form, number>> = { json: 0x22, xml: 0x3c };

export class NameBytes<F extends string> {
  private readonly wanted: Readonly<Record<Form, readonly Wanted<F>[]>>;
  /** Values met before, as their bytes. */
  private readonly met = new Set<string>();

  constructor(fields: readonly F[]) {
    this.wanted = {
      json: fields.map((field) => ({ field, name: Buffer.from(`"${field}"`) })),
      xml: fields.map((field) => ({ field, name: Buffer.from(`<${field}>`) })),
    };
  }

  /** Hands on the values in an answer that were not met before. */
  read(body: Buffer, form: Form, found: (field: F, value: Json) => void): void {
    for (const { field, name } of this.wanted[form]) {
      for (let at = body.indexOf(name); at >= 0; at = body.indexOf(name, at + name.length)) this.value(body, at + name.length, form, field, found);
    }
  }

  private value(body: Buffer, at: number, form: Form, field: F, found: (field: F, value: Json) => void): void {
    // The plainest spelling, `:"name"`, is known by its bytes before anything is made of it.
    const end = body.indexOf(ENDS[form], at + (form === 'json' ? 2 : 0));
    const short = end < 0 || end - at > 200 ? null : field + body.toString('latin1', at, end);
    if (short !== null && this.met.has(short)) return;
    const raw = RAW[form].exec(body.toString('utf8', at, at + MAX_BYTES))?.[0];
    const value = raw === undefined ? undefined : VALUES[form](raw);
    if (value === undefined) return;
    found(field, value);
    // Where it ends elsewhere than at the next sign (an escape, a blank), it is read anew each time.
    if (short !== null && Buffer.byteLength(raw ?? '') === end - at + (form === 'json' ? 1 : 0)) this.met.add(short);
  }
}
