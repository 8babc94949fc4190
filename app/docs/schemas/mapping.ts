/** JSON Schemas of mapping files and of the cases beside them. */
import { FIELDS } from '../../../core/model.ts';
import { CASES_FORM } from '../../../mappings/engine/index.ts';
import { ENTITIES, fieldsOf, lineDefinitions } from './lines.ts';
import { closed, document, GENERATED_BY, type JsonSchema, ref, schemaOf, whereIs } from './parts.ts';

const word: JsonSchema = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9-]*$' };
const REASON: JsonSchema = { type: 'string', pattern: '\\S+\\s+\\S+\\s+\\S+', description: 'Why the wire field is not kept, in three words or more.' };

/** `schemas/mapping.schema.json`. */
export function mappingSchema(): string {
  const properties = {
    vendor: { ...word, description: 'The vendor; also the folder of the file.' },
    stream: { ...word, description: "The stream; also the file's name." },
    entity: { enum: ENTITIES, description: 'What the records are.' },
    key: { type: 'string', minLength: 1, description: "The wire field of the record's key." },
    changedAt: { allOf: [ref('moment')], description: 'When the vendor says that the record last changed.' },
    createdAt: { allOf: [ref('moment')], description: 'When the vendor says that the record was made.' },
    fields: { type: 'object', description: 'One line for each field of ours.' },
    constants: { type: ['object', 'null'], description: 'Wire fields that are written into every new record.' },
    ignored: { type: ['object', 'null'], additionalProperties: REASON, description: 'Every other wire field, with the reason.' },
  };
  const schema = {
    ...closed(properties, ['vendor', 'stream', 'entity', 'key', 'fields']),
    allOf: ENTITIES.map((entity) => whereIs('entity', entity, { properties: { fields: ref(`fields-of-${entity}`) } })),
  };
  const fields = Object.fromEntries(ENTITIES.map((entity) => [`fields-of-${entity}`, fieldsOf(entity)]));
  return document('A mapping of Sverka', GENERATED_BY, schema, { ...fields, ...lineDefinitions() });
}

/** `schemas/cases.schema.json`. */
export function casesSchema(): string {
  const { definitions = {}, ...schema } = schemaOf(CASES_FORM) as JsonSchema & { definitions?: Record<string, JsonSchema> };
  const names = Object.fromEntries(FIELDS.map(({ name, doc }) => [name, { description: doc }]));
  const values: JsonSchema = {
    type: 'object',
    properties: names,
    patternProperties: { '^attributes\\.': {} },
    additionalProperties: false,
    description: 'Values by canonical field; empty is null, moments are UTC milliseconds or ISO texts, amounts are in hundredths.',
  };
  return document('Cases of a mapping of Sverka', GENERATED_BY, withValues(schema, values) as JsonSchema, definitions);
}

/** Puts the names of the canonical fields where a case has values. */
function withValues(part: unknown, values: JsonSchema): unknown {
  if (Array.isArray(part)) return part.map((one) => withValues(one, values));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, member]) => {
      if (name !== 'properties') return [name, withValues(member, values)];
      const members = withValues(member, values) as Record<string, unknown>;
      return [name, 'values' in members ? { ...members, values } : members];
    }),
  );
}
