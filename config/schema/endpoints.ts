/** Health and metrics for those who watch over services. */
import * as z from 'zod';

export const endpointsSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'Address to listen on. They need no password: let only those reach it who may see names of systems and counts.' }),
  port: z.int().min(0).max(65_535).default(9464).meta({ description: 'Port; 0 takes a free one.' }),
});

export type EndpointsConfig = z.output<typeof endpointsSchema>;
