/** One system: an installation of a vendor's product. */
import * as z from 'zod';
import { hoursSchema } from './hours.ts';
import { guardsSchema, streamSchema } from './stream.ts';

const table = z.record(z.string(), z.string());
const streams = z.record(z.string(), streamSchema).default({}).meta({
  description: 'Who gets what, by stream: `clients`, `cards`, `bonuses`, …; a stream that is not named has the defaults.',
});

const quiet = z
  .array(
    hoursSchema(
      { description: 'When they begin, HH:MM.', example: '22:00' },
      { description: 'When they end, HH:MM; not later than `from`: on the next day.', example: '06:00' },
      'Days on which they begin; every day when silent.',
    ),
  )
  .default([]);

export const systemSchema = z.strictObject({
  vendor: z.string().meta({ description: 'Whose product it is: `artix`, `lotinfo`, `virtualpos` or `vodyanoy`.' }),
  zone: z.string().optional().meta({
    description: 'IANA zone of its times without a zone; the `zone` of the whole configuration when silent.',
    example: 'Europe/Moscow',
  }),
  settings: z.unknown().meta({ description: 'The vendor\'s own settings; see "Settings by vendor".' }),
  rate: z.number().min(0.001).max(100_000).optional().meta({
    description:
      'Most calls in any one second, of all processes that share the store together; a fraction below 1 is one call in so many seconds. As fast as it answers when silent.',
    example: 10,
  }),
  concurrency: z.int().min(1).max(64).default(4).meta({ description: 'Most calls at one time, of all processes that share the store together.' }),
  callsPerDay: z.int().min(1).max(2_000_000_000).optional().meta({
    description: 'Most calls from midnight to midnight in its zone, whoever makes them; as many as there are when silent.',
    example: 50000,
  }),
  quiet: quiet.meta({ description: 'Hours in its zone in which it is not called: `[ { from: "22:00", to: "06:00", days: [ mon, tue ] } ]`.' }),
  timeoutSeconds: z.number().positive().max(3600).default(30).meta({ description: 'Longest a call may take.' }),
  maxResponseMb: z.number().positive().max(4096).default(64).meta({ description: 'Largest answer, unpacked.' }),
  insecure: z.boolean().default(false).meta({ description: 'Allows plain http to a public address.' }),
  clockErrorSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(2)
    .meta({ description: 'How far its clock may be off: edits closer together than this are not told apart by time.' }),
  ownReference: z.enum(['use', 'leave']).default('leave').meta({
    description: 'Whether our number may be kept in its field for foreign numbers. `leave` where another system (1C) uses that field.',
  }),
  creates: z.enum(['seen', 'blind']).default('seen').meta({
    description: '`blind`: records are created even in a system that cannot be read, at the risk of duplicates.',
  }),
  facetCalls: z.int().min(0).default(500).meta({ description: 'Calls a run may spend on looking records up one by one for further fields.' }),
  lookups: z
    .strictObject({
      programmes: table.default({}).meta({ description: 'Its code of a bonus programme → name of the programme.', example: { '1': 'main' } }),
      cardTypes: table.default({}).meta({ description: 'Its code of a card type → name of the card type.', example: { '2': 'Bonus' } }),
    })
    .catchall(table)
    .prefault({})
    .meta({ description: 'Tables for `as: lookup` in mappings.' }),
  overrides: z
    .record(
      z.string(),
      z.strictObject({
        fields: z.record(z.string(), z.unknown()).optional().meta({ description: 'As `fields` of a mapping.' }),
        ignored: z.record(z.string(), z.unknown()).optional().meta({ description: 'As `ignored` of a mapping: wire field → reason.' }),
      }),
    )
    .default({})
    .meta({ description: 'Lines laid over the mapping of a stream, for this system alone; `null` takes a line away.' }),
  streams,
  guards: guardsSchema.meta({ description: 'How many changes a run may make here without asking.' }),
});

export type SystemConfig = z.output<typeof systemSchema>;
