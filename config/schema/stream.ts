/** What a system gets in one stream, and how many changes a run may make there without asking. */
import * as z from 'zod';

const condition = z
  .strictObject({
    field: z.string().meta({ description: 'Canonical field, such as `type` or `consents.sms`.' }),
    is: z.union([z.string(), z.number(), z.boolean()]).optional().meta({ description: 'Its value is this one.' }),
    in: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .optional()
      .meta({ description: 'Its value is one of these.' }),
    empty: z.boolean().optional().meta({ description: '`true`: it has no value; `false`: it has one.' }),
  })
  .refine((one) => [one.is, one.in, one.empty].filter((test) => test !== undefined).length === 1, 'expected exactly one of is, in and empty');

const where = z.strictObject({ where: z.array(condition).min(1) });

export const streamSchema = z
  .strictObject({
    pull: z.enum(['on', 'off']).default('on').meta({ description: 'Whether it is read.' }),
    push: z.enum(['off', 'plan', 'auto']).default('plan').meta({
      description: '`off`: never written. `plan`: changes are proposed and wait for `sverka apply`. `auto`: changes are made at once, within the guards.',
    }),
    create: z
      .union([z.enum(['none', 'all']), where])
      .default('none')
      .meta({
        description:
          'Which entities that are missing there are created: `none`, `all`, or `{ where: [{ field: …, is | in | empty: … }] }` (all conditions must hold).',
      }),
    update: z
      .union([z.literal('all'), z.array(z.string()).min(1)])
      .default('all')
      .meta({ description: 'Which fields are updated: `all`, or a list of canonical fields or groups of fields.' }),
    delete: z.enum(['ignore', 'unlink', 'propagate']).default('ignore').meta({
      description:
        '`ignore`: a deletion in another system deletes nothing here, and what a record said that is deleted here goes on counting. `unlink`: the same, but what it said counts no longer. `propagate`: as `unlink`, and what is certainly deleted in another system is deleted here too, within `push` and the guards, where the vendor can delete.',
    }),
  })
  .prefault({});

const guard = (what: string) =>
  z
    .strictObject({
      count: z.int().min(0).default(500).meta({ description: 'Most operations of one run.' }),
      share: z
        .number()
        .min(0)
        .max(1)
        .default(0.05)
        .meta({ description: 'Most operations as a share of the known records (0–1); counts from 1,000 records on.' }),
    })
    .prefault({})
    .meta({ description: `Above it, all ${what} of the run become a plan.` });

export const guardsSchema = z.strictObject({ maxCreates: guard('creates'), maxUpdates: guard('updates'), maxDeletes: guard('deletes') }).prefault({});

export type StreamConfig = z.output<typeof streamSchema>;
