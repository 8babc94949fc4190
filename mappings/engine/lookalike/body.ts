/** A record's body with look-alikes in the place of its values; what the mapping does not read is left out. */
import type { Json, WireBody } from '../../../core/contract.ts';
import { fieldSpec } from '../../../core/model.ts';
import type { Line } from '../line.ts';
import { isObject } from '../path.ts';
import type { Random } from '../proof/random.ts';
import type { Plan } from '../runtime.ts';
import { movedDates, movedParts, movedUnix } from './dates.ts';
import { otherPhones } from './phones.ts';
import { Lookalikes } from './words.ts';

/** Codecs whose wire values are a vendor's codes. */
const CODES = new Set(['code', 'flag', 'consent', 'bits']);

/** Replaces values of one record: the same value always by the same. */
export class BodyLookalike {
  readonly words: Lookalikes;
  readonly #plan: Plan;
  readonly #random: Random;
  /** By how many days dates move: backwards, one month to four years. */
  readonly #days: number;

  constructor(plan: Plan, random: Random) {
    this.#plan = plan;
    this.#random = random;
    this.words = new Lookalikes(random);
    this.#days = -(30 + random.int(1400));
  }

  /** Top-level fields that the mapping looks at, with other values. */
  body(body: WireBody): WireBody {
    const used = new Set(this.#lines().flatMap((line) => [...line.paths, ...(line.when === null ? [] : [line.when.path])].map((path) => path.top)));
    used.add(this.#plan.key.path.top);
    const made: Record<string, Json> = {};
    for (const [name, value] of Object.entries(body)) if (used.has(name)) made[name] = this.#value(value, name);
    for (const line of this.#lines()) if (line.codec === 'date-parts') this.#parts(line, body, made);
    return made;
  }

  #lines(): readonly Line[] {
    return [...this.#plan.lines, this.#plan.changedAt, this.#plan.createdAt].filter((line): line is Line => line !== null);
  }

  #value(value: Json, path: string): Json {
    if (Array.isArray(value)) return value.map((item) => this.#value(item, `${path}[]`));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#value(one, `${path}.${name}`)]));
    return this.#keeps(value, path) ? value : this.#leaf(value, path);
  }

  /** The texts of a wire value that are replaced, codes and flags left out. */
  replaced(value: Json | undefined, path: string): readonly string[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((item: Json) => this.replaced(item, `${path}[]`));
    if (isObject(value)) return Object.entries(value).flatMap(([name, one]) => this.replaced(one, `${path}.${name}`));
    return this.#keeps(value, path) ? [] : [String(value)];
  }

  /** Codes, flags and what selects an item are nobody's. */
  #keeps(value: Json, path: string): boolean {
    if (value === null || typeof value === 'boolean' || value === '') return true;
    if (path === this.#plan.key.path.name) return false;
    const lines = this.#lines();
    if (lines.some((line) => line.when?.path.name === path)) return true;
    const selects = lines.some((line) => line.paths.some(({ name, selector }) => selector !== null && `${name}[].${selector.member}` === path));
    if (selects) return true;
    const own = lines.filter((line) => line.codec !== 'raw' && line.paths.some(({ name }) => path === name || path.startsWith(`${name}.`)));
    // What only attributes know, and is 0 or 1, is a flag.
    return own.every((line) => this.#isCode(line)) && (own.length > 0 || ['0', '1'].includes(String(value).trim()));
  }

  /** A code of the vendor, or of a table of the retailer's that tells nothing of a person. */
  #isCode(line: Line): boolean {
    const spec = fieldSpec(this.#plan.entity, line.targets[0] ?? '');
    if (line.codec === 'lookup') return spec?.personal === false;
    return CODES.has(line.codec) && spec?.personal === false;
  }

  #leaf(value: string | number | boolean | null | Json, path: string): Json {
    if (typeof value === 'number') return this.#number(value, path);
    if (typeof value !== 'string') return value;
    if (this.#isTime(path) && /^\d{6,14}$/.test(value)) return String(movedUnix(Number(value), this.#days));
    return this.text(value);
  }

  /** Dates, addresses and phones first, then words and numbers. */
  text(text: string): string {
    const emails = [...text.matchAll(/[^\s@<>,;:"()]+@[^\s@<>,;:"()]+/g)].map((match) => ({
      from: match.index,
      to: match.index + match[0].length,
      text: this.words.email(match[0]),
    }));
    const found = [...emails, ...movedDates(text, this.#days), ...otherPhones(text, this.words, this.#random)].sort((a, b) => a.from - b.from || b.to - a.to);
    let [result, at] = ['', 0];
    for (const one of found) {
      if (one.from < at) continue;
      result += this.words.text(text.slice(at, one.from)) + one.text;
      at = one.to;
      // The time of day behind a date stays, its zone and fraction too.
      const time = /^[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?/.exec(text.slice(at))?.[0] ?? '';
      result += time;
      at += time.length;
    }
    return result + this.words.text(text.slice(at));
  }

  #number(value: number, path: string): number {
    if (this.#isTime(path) && Math.abs(value) > 100_000) return movedUnix(value, this.#days);
    const phone = otherPhones(String(value), this.words, this.#random)[0];
    const text =
      phone !== undefined && phone.to - phone.from === String(value).length ? phone.text : String(value).replace(/\d+/g, (digits) => this.words.digits(digits));
    const made = Number(text);
    return Number.isFinite(made) ? made : value;
  }

  #isTime(path: string): boolean {
    return this.#lines().some((line) => ['date', 'datetime'].includes(line.codec) && line.paths.some(({ name }) => name === path));
  }

  /** Year, month and day in three fields move together. */
  #parts(line: Line, body: WireBody, made: Record<string, Json>): void {
    const wires = line.paths.map((path) => path.get(body));
    const numbers = wires.map((wire) => (/^\s*\d{1,4}\s*$/.test(String(wire ?? '')) ? Number(wire) : 0));
    const moved = movedParts(numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0, this.#days);
    for (const [index, path] of line.paths.entries()) {
      const wire = wires[index];
      if (path.segments.length > 1 || wire === undefined || (numbers[index] ?? 0) === 0) continue;
      const text = String(moved[index] ?? 0);
      made[path.top] =
        typeof wire === 'number' ? Number(text) : text.padStart(String(wire).trim().length > 1 && String(wire).trim().startsWith('0') ? 2 : 1, '0');
    }
  }
}
