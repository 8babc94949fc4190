/** Yes and no in every spelling, and what they mean as a consent. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import type { Value } from '../../../core/model.ts';
import { CodecMisuse, type Given, type LossNote, NO_LOSS, Unreadable } from '../codec.ts';

const YES = new Set(['1', 'true', 't', 'yes', 'y', 'on', 'да', 'д', 'истина', 'вкл']);
const NO = new Set(['0', 'false', 'f', 'no', 'n', 'off', 'нет', 'н', 'ложь', 'выкл']);
const NOT_FLAG = new Unreadable('yes or no (1 or 0, true or false) is expected');

/** True and false in every spelling; null for an empty text. */
export function readFlag(wire: Json | undefined): boolean | null | Unreadable {
  if (wire === '1' || wire === 1 || wire === true) return true;
  if (wire === '0' || wire === 0 || wire === false) return false;
  if (wire === null || wire === undefined) return null;
  if (typeof wire !== 'string') return NOT_FLAG;
  const text = wire.trim().toLowerCase();
  if (text === '') return null;
  return YES.has(text) ? true : NO.has(text) ? false : NOT_FLAG;
}

/** How *yes* is written. */
export const wireAsParam = z.union([z.literal(1), z.literal('1'), z.literal(true), z.literal('true')]);
export type FlagSpelling = z.infer<typeof wireAsParam>;

/** Yes or no as the vendor spells it. */
export function spellFlag(value: boolean, as: FlagSpelling): Json {
  if (as === 1) return value ? 1 : 0;
  if (as === true) return value;
  return as === '1' ? (value ? '1' : '0') : String(value);
}

const spelling = z.union([z.string().min(1), z.number(), z.boolean()]);
const spellings = z.union([spelling, z.array(spelling).min(1)]);

/** Parameters of how yes and no are spelt. */
export const spellingParams = {
  wireAs: wireAsParam.default('1').meta({ description: 'How *yes* is written; *no* follows it.' }),
  yes: spellings.optional().meta({ description: "The vendor's own words for yes, beside the usual ones; the first is written." }),
  no: spellings.optional().meta({ description: "The vendor's own words for no; the first is written." }),
};

export interface Spelling {
  read(wire: Json): boolean | null | Unreadable;
  write(flag: boolean): Json;
}

const keyOf = (wire: unknown): string => String(wire).trim().toLowerCase();

/** Reads and writes yes and no as the parameters say. */
export function spellingOf({ wireAs, yes, no }: z.infer<z.ZodObject<typeof spellingParams>>): Spelling | CodecMisuse {
  if (yes === undefined && no === undefined) return { read: readFlag, write: (flag) => spellFlag(flag, wireAs) };
  if (yes === undefined || no === undefined) return new CodecMisuse('"yes" and "no" are said together');
  const [granted, denied] = [[yes].flat(), [no].flat()];
  const own = new Map<string, boolean>([...granted.map((one) => [keyOf(one), true] as const), ...denied.map((one) => [keyOf(one), false] as const)]);
  if (own.size !== granted.length + denied.length) return new CodecMisuse('a word stands twice in "yes" and "no"');
  const [written, other] = [granted[0] ?? true, denied[0] ?? false];
  return {
    read: (wire) => (typeof wire === 'object' ? readFlag(wire) : (own.get(keyOf(wire)) ?? readFlag(wire))),
    write: (flag) => (flag ? written : other),
  };
}

const REFUSED_AS_ZERO: LossNote = {
  kind: 'precision',
  detail: 'a refusal is written as 0, which reads as not granted',
};
const WITHHELD_AS_ZERO: LossNote = {
  kind: 'precision',
  detail: 'not granted is written as 0, which reads as a refusal',
};

/** How a flag is read as a consent and back. */
export interface Meaning {
  readonly declared: readonly LossNote[];
  value(flag: boolean): Value;
  /** Undefined for what is no such value. */
  flag(value: Given): { readonly flag: boolean; readonly losses: readonly LossNote[] } | undefined;
  inDomain(value: Given): boolean;
}

/** The meaning of a yes or no on a field of that kind. */
export function meaningOf(value: 'consent' | 'flag', zeroIsRefusal: boolean): Meaning {
  if (value === 'flag') {
    return {
      declared: NO_LOSS,
      value: (one) => one,
      flag: (one) => (typeof one === 'boolean' ? { flag: one, losses: NO_LOSS } : undefined),
      inDomain: (one) => typeof one === 'boolean',
    };
  }
  const zero = zeroIsRefusal ? 'refused' : 'withheld';
  const loss = [zeroIsRefusal ? WITHHELD_AS_ZERO : REFUSED_AS_ZERO];
  return {
    declared: loss,
    value: (one) => (one ? 'granted' : zero),
    flag(one) {
      if (one === 'granted') return { flag: true, losses: NO_LOSS };
      if (one !== 'withheld' && one !== 'refused') return undefined;
      return { flag: false, losses: one === zero ? NO_LOSS : loss };
    },
    inDomain: (one) => one === 'granted' || one === zero,
  };
}
