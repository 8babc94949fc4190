/** What runs by itself under `sverka serve`, and when. */
import * as z from 'zod';
import { hoursSchema } from './hours.ts';

/** Names of jobs are names in messages, leases and addresses. */
const jobName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and hyphens');

const blackout = hoursSchema(
  { description: 'When it begins, in the zone of the job.', example: '08:00' },
  { description: 'When it ends; before `from`: on the next day.', example: '20:00' },
  'Days on which it begins; every day when silent.',
).refine(({ from, to }) => from !== to, 'from and to are the same');

const trigger = z
  .strictObject({
    file: z.string().min(1).optional().meta({
      description:
        'The job is started when this file comes or changes, once it has not changed for two looks; the file is left as it is. Relative to the configuration.',
      example: './exchange/ready.flag',
    }),
    callback: z
      .strictObject({
        token: z
          .string()
          .min(16, 'expected at least 16 characters')
          .meta({ description: 'What a caller must send as `Authorization: Bearer …`.', secret: true }),
      })
      .optional()
      .meta({ description: 'The job is started by `POST /jobs/<name>` at the address under `serve.callbacks`.' }),
  })
  .refine(({ file, callback }) => file !== undefined || callback !== undefined, 'expected file or callback');

const jobSchema = z.strictObject({
  run: z.enum(['sync', 'plan']).default('sync').meta({ description: '`sync`: read, reconcile, write. `plan`: read, and propose what would be changed.' }),
  systems: z.array(z.string()).min(1).optional().meta({ description: 'Only these systems; all when silent.' }),
  streams: z.array(z.string()).min(1).optional().meta({ description: 'Only these streams; all when silent.' }),
  full: z.boolean().default(false).meta({ description: 'Whole snapshots, even where changes could be asked for.' }),
  schedule: z.string().optional().meta({
    description: 'Cron line: minute, hour, day of the month, month, day of the week. Needs a `zone`.',
    example: '30 2 * * *',
  }),
  zone: z.string().optional().meta({ description: 'IANA zone of `schedule` and `blackout`; required with either.', example: 'Europe/Moscow' }),
  catchUp: z.enum(['once', 'skip']).default('once').meta({
    description:
      'What becomes of times that were missed: while nothing was serving, in a blackout, or while the job was still running. `once`: it is run once as soon as it may. `skip`: they are recorded as skipped in `sverka runs`.',
  }),
  blackout: z.array(blackout).default([]).meta({ description: 'When it must not be started. A run that is under way goes on.' }),
  after: z.array(jobName).min(1).optional().meta({
    description:
      'Jobs that must have ended well since this one last began. With a `schedule` it waits for them; without one it is started by the last of them.',
  }),
  trigger: trigger.optional().meta({ description: 'What else starts it.' }),
});

export const jobsSchema = z.record(jobName, jobSchema).default({});

const address = z.string().regex(/^(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}$/i, 'expected host:port such as 127.0.0.1:8731');

export const serveSchema = z
  .strictObject({
    callbacks: address.default('127.0.0.1:8731').meta({ description: 'Where callbacks are taken, if a job has one; this machine alone when silent.' }),
    leaseSeconds: z.int().min(5).max(3600).default(120).meta({
      description: 'How long a run that gives no sign of life keeps others from taking its place, where it cannot be seen whether its process is gone.',
    }),
    pollSeconds: z.number().min(0.05).max(60).default(2).meta({ description: 'How often it is looked what other processes and trigger files did.' }),
    stopSeconds: z.number().min(0).max(3600).default(60).meta({ description: 'How long a stop signal leaves a run to finish its batch.' }),
  })
  .prefault({});

export type JobConfig = z.output<typeof jobSchema>;
