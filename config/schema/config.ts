/** The whole configuration. `docs/configuration.md` is generated from these descriptions. */
import * as z from 'zod';
import { alertsSchema } from './alerts.ts';
import { endpointsSchema } from './endpoints.ts';
import { jobsSchema, serveSchema } from './jobs.ts';
import { policiesSchema } from './policies.ts';
import { retentionSchema } from './retention.ts';
import { systemSchema } from './system.ts';

const store = z
  .strictObject({
    sqlite: z.string().min(1).optional().meta({
      description: 'File of the embedded database, beside the configuration; made when it is not there.',
      example: './sverka.db',
    }),
    mysql: z
      .strictObject({
        url: z
          .string()
          .regex(/^mysql:\/\//, 'expected mysql://user:password@host:port/database')
          .meta({
            description: '`mysql://user:password@host:port/database`; `?socket=/path` for a socket.',
            secret: true,
          }),
        // One may be held by a dry run for its whole length while calls to vendors are agreed on beside it.
        poolSize: z.int().min(2).max(100).default(8).meta({ description: 'Most connections.' }),
      })
      .optional()
      .meta({ description: 'MySQL 8 or MariaDB 10.6 and later.' }),
  })
  .refine((value) => (value.sqlite === undefined) !== (value.mysql === undefined), 'expected exactly one of sqlite and mysql');

const log = z
  .strictObject({
    level: z.enum(['error', 'warn', 'info', 'debug']).default('info').meta({
      description:
        'Least important lines that are written. A terminal shows of `info` only warnings and errors; all of it goes to the file, and to stderr as JSON lines where that is no terminal.',
    }),
    file: z.string().min(1).optional().meta({ description: 'Also write JSON lines to this file (mode 0600).', example: './sverka.log' }),
  })
  .prefault({});

export const configSchema = z.strictObject({
  store: store.meta({ description: 'Where everything is kept: `sqlite` for a trial, `mysql` for good.' }),
  zone: z.string().default('UTC').meta({ description: 'IANA zone of systems that name none.', example: 'Europe/Moscow' }),
  mappings: z.string().min(1).optional().meta({
    description:
      'Directory of your own mappings (`<vendor>/<stream>.yaml`), beside the configuration; `sverka init` writes copies of the shipped ones there. What is not there is taken from those shipped.',
  }),
  systems: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and hyphens'), systemSchema)
    .refine((value) => Object.keys(value).length > 0, 'expected at least one system')
    .meta({ description: 'The systems by the names you give them: lower-case letters, digits and hyphens.' }),
  policies: policiesSchema.meta({ description: 'Which value is right, where systems differ.' }),
  jobs: jobsSchema.meta({ description: 'What `sverka serve` runs by itself, by the names you give them: lower-case letters, digits and hyphens.' }),
  serve: serveSchema.meta({ description: 'The service.' }),
  retention: retentionSchema.meta({ description: 'How long what is over is remembered; `sverka prune` forgets the rest.' }),
  alerts: alertsSchema.optional().meta({ description: 'Who is told of trouble, and of what. Nobody when silent.' }),
  endpoints: endpointsSchema.optional().meta({ description: 'Health and metrics over HTTP, while the service runs. None when silent.' }),
  log: log.meta({ description: 'Logs. They never hold secrets or values of people.' }),
});

export type Config = z.output<typeof configSchema>;
