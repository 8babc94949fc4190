/** Who is told of trouble, and of what. */
import * as z from 'zod';

const address = z.string().regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, 'expected an e-mail address');

export const alertsSchema = z
  .strictObject({
    webhook: z
      .strictObject({
        url: z
          .string()
          .regex(/^https?:\/\//, 'expected an http or https address')
          .meta({ description: 'Gets a POST with a JSON document for each alert: `subject`, `state`, `text`, `since`, `at`.', secret: true }),
        insecure: z.boolean().default(false).meta({ description: 'Allows plain http to a public address.' }),
      })
      .optional()
      .meta({ description: 'A web address that is told.' }),
    email: z
      .strictObject({
        smtp: z
          .string()
          .regex(/^smtps?:\/\//, 'expected smtp://user:password@host:port or smtps://…')
          .meta({ description: '`smtps://user:password@host:465`, or `smtp://…:587`, which has to offer STARTTLS unless the host is private.', secret: true }),
        from: address.meta({ description: 'Sender.' }),
        to: z.array(address).min(1).meta({ description: 'Receivers.' }),
      })
      .optional()
      .meta({ description: 'Mailboxes that are told.' }),
    failedRuns: z.boolean().default(true).meta({ description: 'Tell of runs that failed, by kind of run: once until they fail otherwise or succeed.' }),
    waitingHours: z.number().positive().max(87_600).default(48).meta({ description: 'Tell of what has waited longer for a person or for a vendor.' }),
    silentPeriods: z
      .number()
      .positive()
      .max(1000)
      .default(3)
      .meta({ description: 'Tell of a system that was not read or written with success for so many periods of its jobs. A paused system is not told of.' }),
    periodHours: z.number().positive().max(8760).default(24).meta({ description: 'The period of systems that no job is scheduled for.' }),
  })
  .refine((value) => value.webhook !== undefined || value.email !== undefined, 'expected at least one of webhook and email');

export type AlertsConfig = z.output<typeof alertsSchema>;
