/** Moments: in a pattern, ISO 8601, or Unix time; without a zone they are read in the system's. */
import * as z from 'zod';
import { CodecMisuse, defineCodec, exactly, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { PATTERNS, patternsParam } from './date.ts';
import { type MomentForm, momentForm, zoneOf } from './moment-forms.ts';

/** Years 1 to 9999. */
const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;

const NO_MOMENT = new Unreadable('there is no such moment');

export const datetime = defineCodec({
  name: 'datetime',
  domain: 'moments that the first pattern holds to its last digit; not the hour that a clock put back shows a second time',
  doc: 'A moment, in a pattern or several: all are read, the first is written. Times without a zone are in the zone of the line, else of the system. A time of zeroes is empty.',
  params: z.strictObject({
    pattern: patternsParam.default('yyyy-MM-dd HH:mm:ss').meta({ description: PATTERNS }),
    zone: z.string().optional().meta({ description: "IANA zone of times that name none; the system's when silent." }),
    century: z
      .int()
      .min(1000)
      .max(9900)
      .optional()
      .meta({ description: 'First of the hundred years that `yy` stands for: 1930 reads 29 as 2029 and 30 as 1930.' }),
  }),
  kinds: ['instant'],
  compile({ pattern, zone: own, century = null }, { zone: system }) {
    const forms: MomentForm[] = [];
    const zone = zoneOf(own, system);
    if (zone instanceof CodecMisuse) return zone;
    for (const one of typeof pattern === 'string' ? [pattern] : pattern) {
      const form = momentForm(one, zone, century);
      if (form instanceof CodecMisuse) return form;
      forms.push(form);
    }
    const [writer] = forms;
    if (writer === undefined) return new CodecMisuse('a pattern is needed');
    const notTime = new Unreadable(`a time in the form ${forms.map((form) => form.text).join(' or ')} is expected`);
    const decode = (wire: unknown): number | null | Unreadable => {
      const text = typeof wire === 'number' ? String(wire) : typeof wire === 'string' ? wire.trim() : undefined;
      if (text === undefined) return notTime;
      if (text === '') return null;
      for (const form of forms) {
        const value = form.read(text);
        if (value === undefined) continue;
        return value === false || (value !== null && (value < FIRST || value > LAST)) ? NO_MOMENT : value;
      }
      return notTime;
    };
    return {
      arity: 'one',
      declared: writer.step === 1 ? NO_LOSS : [{ kind: 'precision', detail: `times finer than ${writer.text}` }],
      decode,
      encode(value) {
        if (typeof value !== 'number' || !Number.isInteger(value) || value < FIRST || value > LAST) return refused('form', 'not a moment');
        const wire = writer.write(value);
        const back = decode(wire);
        if (back === value) return exactly(wire);
        if (typeof back !== 'number') return refused('form', `cannot be written as ${writer.text}`);
        return { wire, losses: [{ kind: 'precision', detail: `reads back as another moment from ${writer.text}` }] };
      },
      inDomain: (value) => typeof value === 'number' && Number.isInteger(value) && value >= FIRST && value <= LAST && decode(writer.write(value)) === value,
    };
  },
  examples: [
    { zone: 'Asia/Novosibirsk', wire: '2016-07-18 13:54:37', value: Date.UTC(2016, 6, 18, 7, 54, 37) },
    {
      params: { pattern: 'dd.MM.yyyy H:mm:ss' },
      zone: 'Europe/Moscow',
      wire: '24.03.2019 9:39:30',
      value: Date.UTC(2019, 2, 24, 6, 39, 30),
    },
    { params: { pattern: 'unix' }, wire: 1577836800, value: Date.UTC(2020, 0, 1) },
    {
      params: { pattern: 'iso' },
      wire: '2019-04-23T22:22:44.134+0700',
      value: Date.UTC(2019, 3, 23, 15, 22, 44, 134),
      way: 'decode',
    },
    {
      params: { pattern: 'MM/dd/yyyy hh:mm a', zone: 'America/New_York' },
      wire: '07/18/2016 01:54 PM',
      value: Date.UTC(2016, 6, 18, 17, 54),
    },
    { params: { pattern: "yyyyMMdd'T'HHmmss" }, wire: '20160718T135437', value: Date.UTC(2016, 6, 18, 13, 54, 37) },
    { params: { pattern: 'dd.MM.yy HH:mm', century: 1950 }, wire: '18.07.16 13:54', value: Date.UTC(2016, 6, 18, 13, 54) },
    { wire: '0000-00-00 00:00:00', value: null, way: 'decode' },
    { wire: '2016-02-30 13:54:37', problem: true },
    { wire: 'yesterday', problem: true },
    { value: Date.UTC(2020, 0, 1, 0, 0, 0, 5), wire: '2020-01-01 00:00:00', way: 'encode', loss: 'precision' },
  ],
});
