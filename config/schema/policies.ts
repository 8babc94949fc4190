/** Which value is right, where systems differ. */
import * as z from 'zod';

const rule = z.enum(['authority', 'latest', 'most-complete', 'union', 'oldest', 'local']);
const systems = z.array(z.string()).min(1);

export const policiesSchema = z
  .strictObject({
    authority: systems.optional().meta({ description: 'Systems, most trusted first; the order in which they stand under `systems` when silent.' }),
    rule: rule.default('latest').meta({ description: 'How a field is decided that says nothing of its own.' }),
    fields: z
      .record(
        z.string(),
        z.strictObject({
          rule: rule.optional().meta({ description: 'Rule for it; the general one when silent.' }),
          authority: systems.optional().meta({ description: 'Order of trust for it.' }),
        }),
      )
      .default({})
      .meta({ description: 'By canonical field or group of fields (`name`, `address`, `document`).' }),
    firstSync: z
      .enum(['authority', 'most-complete', 'review'])
      .default('authority')
      .meta({ description: 'What decides between values when nobody saw which changed last.' }),
    openingBalances: z.enum(['authority', 'sum', 'max', 'review']).default('review').meta({
      description: 'What the balance is of a client whose accounts in several systems were never reconciled. Never guessed: `review` asks.',
    }),
    lostAdjustments: z.enum(['hold', 'infer']).default('hold').meta({
      description: 'What becomes of an adjustment whose answer was lost where the vendor keeps no journal: ask a person, or infer from the balance.',
    }),
    settleSeconds: z.number().min(0).max(86_400).default(5).meta({ description: 'How long after a lost answer the vendor is read again.' }),
    maxSharedContact: z
      .int()
      .min(2)
      .max(100_000)
      .default(30)
      .meta({ description: 'A phone or e-mail in more records than this is a switchboard and evidence of nothing.' }),
  })
  .prefault({});

export type PoliciesConfig = z.output<typeof policiesSchema>;
