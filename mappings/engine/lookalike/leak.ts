/** Whether something of the person is still there: the last look before a case is written. */
import type { WireBody } from '../../../core/contract.ts';
import { ATTRIBUTES, fieldSpec } from '../../../core/model.ts';
import type { CompiledMapping } from '../runtime.ts';
import type { BodyLookalike } from './body.ts';
import { isCommonWord } from './words.ts';

/** Texts of every value inside a JSON value, and of nothing else. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return value === null || value === undefined || typeof value === 'boolean' ? [] : [String(value)];
}

const plain = (text: string): string => text.toLowerCase().replaceAll('ё', 'е').trim();
const words = (text: string): readonly string[] => plain(text).match(/\p{L}{3,}/gu) ?? [];

/** What must not be seen again: values of personal fields as we read them and as the vendor wrote them, the key, and their words. */
export interface Personal {
  readonly values: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

/** Shorter texts, such as a number of children, are anybody's. */
const SHORTEST = 3;

export function personalOf(mapping: CompiledMapping, body: WireBody, key: string, lookalike: BodyLookalike): Personal {
  const { values: read } = mapping.decode(body);
  const personal = Object.entries(read).filter(([field]) => !field.startsWith(ATTRIBUTES) && isPersonal(mapping, field));
  const lines = mapping.plan.lines.filter((line) => line.codec !== 'date-parts' && line.targets.some((field) => isPersonal(mapping, field)));
  const wires = lines.flatMap((line) => line.paths.flatMap((path) => lookalike.replaced(path.get(body), path.name)));
  const all = [key, ...personal.flatMap(([, value]) => textsOf(value)), ...wires].map(plain);
  return {
    values: new Set(all.filter((text) => [...text].length >= SHORTEST && !isCommonWord(text))),
    words: new Set(all.flatMap(words).filter((word) => !isCommonWord(word))),
  };
}

/** Card numbers and keys are nobody's name, and yet lead to a person. */
function isPersonal(mapping: CompiledMapping, field: string): boolean {
  const spec = fieldSpec(mapping.entity, field);
  return spec !== undefined && (spec.personal || spec.kind === 'ref' || /(?:^|\.)(?:number|mainNumber|cardNumber|barcode|reference)$/.test(field));
}

/** Whether a made value holds one of them. A number is one only as a whole: three digits of it are in any other. */
export function leaks(made: unknown, { values, words: known }: Personal): boolean {
  const [numbers, texts] = [[...values].filter(isNumber), [...values].filter((value) => !isNumber(value))];
  return textsOf(made)
    .map(plain)
    .some((text) => {
      const digits = new Set(text.match(/\d+/g) ?? []);
      return numbers.some((number) => digits.has(number)) || texts.some((value) => text.includes(value)) || words(text).some((word) => known.has(word));
    });
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);
