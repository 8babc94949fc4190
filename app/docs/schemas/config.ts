/** JSON Schema of the configuration, with the settings of each vendor and the lines that lie over its mappings. */
import { configSchema } from '../../../config/schema/config.ts';
import type { EntityKind } from '../../../core/model.ts';
import { CONNECTOR_FACTS } from '../../registry.ts';
import { ENTITIES, fieldsOf, lineDefinitions } from './lines.ts';
import { closed, document, GENERATED_BY, type JsonSchema, ref, schemaOf, whereIs } from './parts.ts';

/** Entity of a stream, by the names that all connectors give them. */
const ENTITY_OF: Readonly<Record<string, EntityKind>> = {
  clients: 'client',
  cards: 'card',
  'additional-cards': 'card',
  'card-types': 'cardType',
  bonuses: 'account',
};

const SECRET: JsonSchema = {
  anyOf: [closed({ env: { type: 'string', minLength: 1 } }, ['env']), closed({ file: { type: 'string', minLength: 1 } }, ['file'])],
  description: 'Secrets never stand in the file: `{ env: NAME }` or `{ file: path }`.',
};

/** `schemas/config.schema.json`. */
export function configJsonSchema(): string {
  const { definitions = {}, ...schema } = withSecrets(schemaOf(configSchema), false) as JsonSchema & { definitions?: Record<string, JsonSchema> };
  const lines = Object.fromEntries(ENTITIES.map((entity) => [`fields-over-${entity}`, fieldsOf(entity, true)]));
  return document('Configuration of Sverka', GENERATED_BY, withSystems(schema), {
    ...definitions,
    ...Object.assign({}, ...[...SETTINGS.values()].map((one) => one.definitions)),
    ...lines,
    ...lineDefinitions(),
    secret: SECRET,
  });
}

/** Where a secret is due, only a reference to it; in settings any text may be one. */
function withSecrets(part: unknown, everywhere: boolean): unknown {
  if (Array.isArray(part)) return part.map((one) => withSecrets(one, everywhere));
  if (typeof part !== 'object' || part === null) return part;
  const { secret, ...rest } = part as Record<string, unknown>;
  const said = rest['description'] === undefined ? {} : { description: rest['description'] };
  if (secret === true) return { ...ref('secret'), ...said };
  const inner = Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, withSecrets(member, everywhere)]));
  return everywhere && rest['type'] === 'string' ? { anyOf: [inner, ref('secret')], ...said } : inner;
}

function withSystems(schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as Record<string, JsonSchema>;
  const systems = properties['systems'] ?? {};
  const system = systems['additionalProperties'] as JsonSchema & { properties: Record<string, JsonSchema> };
  const vendors = [...CONNECTOR_FACTS];
  const whole = {
    ...system,
    properties: { ...system.properties, vendor: { ...system.properties['vendor'], examples: vendors.map(([vendor]) => vendor) }, overrides: overrides() },
    allOf: vendors.map(([vendor]) => whereIs('vendor', vendor, { properties: { settings: SETTINGS.get(vendor)?.schema ?? {} } })),
  };
  return { ...schema, properties: { ...properties, systems: { ...systems, additionalProperties: whole } } };
}

/** Settings by vendor; what a schema refers to is named after its vendor. */
const SETTINGS = new Map([...CONNECTOR_FACTS].map(([vendor, { settings }]) => [vendor, settingsOf(vendor, schemaOf(settings))] as const));

function settingsOf(vendor: string, plain: JsonSchema): { readonly schema: JsonSchema; readonly definitions: Readonly<Record<string, JsonSchema>> } {
  const renamed = JSON.parse(JSON.stringify(plain).replaceAll('"#/definitions/', `"#/definitions/${vendor}-`)) as JsonSchema;
  const { definitions = {}, ...schema } = withSecrets(renamed, true) as JsonSchema & { definitions?: Record<string, JsonSchema> };
  return { schema, definitions: Object.fromEntries(Object.entries(definitions).map(([name, one]) => [`${vendor}-${name}`, one])) };
}

/** Lines laid over a mapping: `null` takes a line away. */
function overrides(): JsonSchema {
  const ignored = { type: 'object', additionalProperties: { type: ['string', 'null'] }, description: 'Wire field → reason; null takes a reason away.' };
  const constants = { type: 'object', description: 'Wire field → value written into every new record; null takes a constant away.' };
  const moment = { anyOf: [ref('moment'), { type: 'null' }], description: 'In the place of the line of the mapping; null takes it away.' };
  const over = (fields: JsonSchema) => closed({ fields, ignored, constants, changedAt: moment, createdAt: moment });
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(ENTITY_OF).map(([stream, entity]) => [stream, over(ref(`fields-over-${entity}`))])),
    additionalProperties: over({ type: 'object' }),
    description: 'Lines laid over the mapping of a stream, for this system alone; `null` takes a line away.',
  };
}
