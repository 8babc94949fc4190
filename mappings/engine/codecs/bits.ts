/** Single bits of a mask, which the vendor gives as a number or as an object of members. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, NO_LOSS, type One, refused, Unreadable } from '../codec.ts';
import { isObject } from '../path.ts';
import { meaningOf, readFlag, spellFlag, wireAsParam } from './yes-no.ts';

const NOT_MASK = new Unreadable('a whole number, or an object of its members, is expected');
const FIRST_MEMBERS = /^[A-Za-z][A-Za-z0-9_]*$/;

/** The mask as a number, or null. */
function maskOf(wire: Json | undefined): number | null {
  const value = typeof wire === 'string' && /^\s*\d{1,10}\s*$/.test(wire) ? Number(wire) : wire;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff ? value : null;
}

/** The member's own spelling in an object: `sendCheckToEmail` and `sendchecktoemail` are one. */
function memberName(object: { readonly [name: string]: Json }, lower: string): string | undefined {
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

export const bits = defineCodec({
  name: 'bits',
  domain: '`granted`, and `withheld` (with `zeroIsRefusal`: `refused`); yes and no',
  doc: 'One bit of a mask, which the vendor gives as a number or as an object with a member for each bit: `member: call, bit: 1`. A member left out is 0. Written in the form that the record has. Several lines share one wire path, and members of no line are kept.',
  params: z.strictObject({
    member: z.string().regex(FIRST_MEMBERS).meta({ description: 'The member of the object form; capitals do not matter.' }),
    bit: z.int().positive().meta({ description: 'Its bit in the number: 1, 2, 4, 8 …' }),
    form: z.enum(['object', 'integer']).default('object').meta({ description: 'How a mask is written where the record has none.' }),
    value: z.enum(['consent', 'flag']).optional().meta({ description: 'What the field holds; known from the field.' }),
    zeroIsRefusal: z.boolean().default(false).meta({ description: 'On a consent: 0 is a refusal, not only withheld.' }),
    wireAs: wireAsParam.default(1).meta({ description: 'How a member of the object is written.' }),
  }),
  kinds: ['consent', 'flag', 'json'],
  part: ({ member }) => `member ${member.toLowerCase()}`,
  compile({ member, bit, form, value, zeroIsRefusal, wireAs }, { field }) {
    if ((bit & (bit - 1)) !== 0 || bit > 0x40000000) return new CodecMisuse(`${bit} is not one bit: 1, 2, 4, 8 …`);
    const held = field.kind === 'consent' ? 'consent' : 'flag';
    if (value !== undefined && value !== held) return new CodecMisuse(`${field.name} holds a ${held}, not a ${value}`);
    const meaning = meaningOf(held, zeroIsRefusal);
    const lower = member.toLowerCase();
    const put = (on: boolean, current: Json | undefined): Json => {
      const mask = maskOf(current);
      if (mask !== null || (!isObject(current) && form === 'integer')) {
        const next = on ? (mask ?? 0) | bit : (mask ?? 0) & ~bit;
        return typeof current === 'string' && mask !== null ? String(next) : next;
      }
      const object = isObject(current) ? current : {};
      return { ...object, [memberName(object, lower) ?? member]: spellFlag(on, wireAs) };
    };
    const one: One = {
      arity: 'one',
      declared: meaning.declared,
      decode(wire) {
        const mask = maskOf(wire);
        if (mask !== null) return meaning.value((mask & bit) !== 0);
        if (!isObject(wire)) return NOT_MASK;
        const name = memberName(wire, lower);
        const read = readFlag(name === undefined ? undefined : wire[name]);
        return read instanceof Unreadable ? read : meaning.value(read ?? false);
      },
      encode(given, current) {
        const written = meaning.flag(given);
        return written === undefined ? refused('form', 'not a consent or flag') : { wire: put(written.flag, current), losses: written.losses };
      },
      clear(current) {
        if (current === undefined || current === null || current === '') return { wire: undefined, losses: NO_LOSS };
        return {
          wire: put(false, current),
          losses: [{ kind: 'precision', detail: 'a member of a mask cannot be empty; it is written as 0' }],
        };
      },
      inDomain: meaning.inDomain,
    };
    return one;
  },
  examples: [
    { params: { member: 'call', bit: 1 }, wire: { call: 1 }, value: 'granted' },
    { params: { member: 'email', bit: 4 }, wire: { call: 1, telegram: 0 }, value: 'withheld', way: 'decode' },
    { params: { member: 'sms', bit: 8 }, wire: 9, value: 'granted', way: 'decode' },
    { params: { member: 'sms', bit: 8 }, current: 1, value: 'granted', wire: 9, way: 'encode' },
    { params: { member: 'sms', bit: 8, form: 'integer' }, wire: 8, value: 'granted' },
    {
      params: { member: 'emailconfirmed', bit: 2 },
      current: { emailConfirmed: 0 },
      value: 'granted',
      wire: { emailConfirmed: 1 },
      way: 'encode',
    },
    { params: { member: 'sms', bit: 8 }, wire: 'many', problem: true },
  ],
});
