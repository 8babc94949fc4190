/** The JSON Schemas by their names in `schemas/`. */
import { configJsonSchema } from './config.ts';
import { casesSchema, mappingSchema } from './mapping.ts';

export const SCHEMAS: Readonly<Record<string, () => string>> = {
  'mapping.schema.json': mappingSchema,
  'cases.schema.json': casesSchema,
  'config.schema.json': configJsonSchema,
};
