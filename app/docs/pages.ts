/** The generated pages by their names in `docs/`. */
import { codecsDoc } from './codecs.ts';
import { configurationDoc } from './configuration.ts';
import { errorsDoc } from './errors.ts';
import { fieldsDoc } from './fields.ts';

export const GENERATED: Readonly<Record<string, () => string>> = {
  'codecs.md': codecsDoc,
  'configuration.md': configurationDoc,
  'errors.md': errorsDoc,
  'fields.md': fieldsDoc,
};
