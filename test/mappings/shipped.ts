/** The mappings in `mappings/`, and the wire names of the connectors they are for. */
import { readdirSync, readFileSync } from 'node:fs';
import type { ZodType } from 'zod';
import { artix } from '../../connectors/artix/index.ts';
import { lotinfo } from '../../connectors/lotinfo/index.ts';
import { virtualpos } from '../../connectors/virtualpos/index.ts';
import { vodyanoy } from '../../connectors/vodyanoy/index.ts';
import { type CompiledMapping, compileFile, loadMappings, type MappingFile, wireNames } from '../../mappings/engine/index.ts';

const FOLDER = new URL('../../mappings/', import.meta.url);
export const CONNECTORS = [artix, lotinfo, virtualpos, vodyanoy];

export const REGISTRY = new Map(
  CONNECTORS.map(({ vendor, wire }) => [vendor, new Map(Object.entries(wire).map(([stream, schema]) => [stream, namesOf(schema)]))]),
);

function namesOf(schema: ZodType): readonly string[] {
  const { shape } = schema as ZodType & { shape?: Readonly<Record<string, unknown>> };
  if (shape === undefined) throw new Error('a wire schema is no object');
  return Object.keys(shape);
}

export const SHIPPED: readonly MappingFile[] = loadMappings(
  CONNECTORS.flatMap(({ vendor }) =>
    readdirSync(new URL(`${vendor}/`, FOLDER)).map((file) => ({
      file: `mappings/${vendor}/${file}`,
      text: readFileSync(new URL(`${vendor}/${file}`, FOLDER), 'utf8'),
    })),
  ),
);

/** Tables as a configuration may hold them. */
const LOOKUPS = {
  streets: { 10000000000012: 'Научная ул', 10000000000011: 'Краеведческая ул' },
  programmes: { 1: 'main', 2: 'gifts' },
  cardTypes: { 2: 'Бонусные', 3: 'Социальные' },
};

export const optionsOf = ({ vendor, stream }: Pick<MappingFile, 'vendor' | 'stream'>) => ({
  zone: 'Asia/Novosibirsk',
  lookups: LOOKUPS,
  wire: wireNames(REGISTRY, vendor, stream),
});

export const compiled = (file: MappingFile): CompiledMapping => compileFile(file, optionsOf(file));

/** The shipped mapping of a stream. */
export function shipped(vendor: string, stream: string): CompiledMapping {
  const file = SHIPPED.find((one) => one.vendor === vendor && one.stream === stream);
  if (file === undefined) throw new Error(`no mapping for ${vendor}/${stream}`);
  return compiled(file);
}
