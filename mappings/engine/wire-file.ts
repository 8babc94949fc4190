/** `<vendor>.wire.yaml`: what the records of a vendor without a connector look like, as JSON Schema by stream. */
import type { ZodType } from 'zod';
import * as z from 'zod';
import { refuseUnknown } from './file-form.ts';
import { plainSchema } from './json-schema.ts';
import { type At, type Problem, Problems } from './problems.ts';
import { type MappingSource, readSource, type Tree } from './source.ts';

export interface WireFile {
  readonly vendor: string;
  /** Schema of every stream's record, as a connector's `wire` has it. */
  readonly wire: Readonly<Record<string, ZodType>>;
}

const KEYS = ['vendor', 'streams', '$schema', '$defs', 'definitions'];
const VENDOR = /^[a-z][a-z0-9-]*$/;
const STREAM = /^[A-Za-z][A-Za-z0-9-]*$/;

/** Reads the text. Throws `MappingError` with every fault: `vendor` is that of the file's name. */
export function readWireFile(source: MappingSource, vendor: string): WireFile {
  const problems = new Problems();
  const read = wireOf(source, vendor, problems);
  return read ?? problems.raise({ file: source.file, line: 1, column: 1 });
}

/** Every fault of the file; none: it can be used. */
export function checkWireFile(source: MappingSource, vendor: string): readonly Problem[] {
  const problems = new Problems();
  wireOf(source, vendor, problems);
  return problems.list;
}

function wireOf(source: MappingSource, vendor: string, problems: Problems): WireFile | null {
  const tree = readSource(source, problems);
  if (tree === null) return null;
  if (tree.entries === undefined) {
    problems.add(tree.at, 'a wire file is a map of "vendor" and "streams"');
    return null;
  }
  refuseUnknown(tree, KEYS, problems);
  checkVendor(tree, vendor, problems);
  const streams = tree.entries.get('streams');
  if (streams === undefined) problems.add(tree.at, '"streams" is missing: the JSON Schema of a record, by stream');
  else if (streams.node.entries === undefined || streams.node.entries.size === 0) {
    problems.add(streams.node.at, '"streams" must be a map: the name of a stream → the JSON Schema of its records');
  }
  const wire: Record<string, ZodType> = {};
  for (const { name, at, node } of streams?.node.entries?.values() ?? []) {
    if (!STREAM.test(name)) problems.add(at, `"${name}" is no name of a stream: letters, digits and hyphens, such as clients`);
    const schema = streamSchema(node, tree, at, problems);
    if (schema !== null) wire[name] = schema;
  }
  return problems.list.length > 0 ? null : { vendor, wire };
}

function checkVendor(tree: Tree, vendor: string, problems: Problems): void {
  const said = tree.entries?.get('vendor');
  if (said === undefined) problems.add(tree.at, `"vendor" is missing: vendor: ${vendor}`);
  else if (said.node.value !== vendor) problems.add(said.node.at, `the file says "${String(said.node.value)}", its name "${vendor}"`);
  else if (!VENDOR.test(vendor)) problems.add(said.node.at, 'a vendor is one word of lower-case letters, digits and hyphens');
}

function streamSchema(node: Tree, file: Tree, at: At, problems: Problems): ZodType | null {
  const plain = plainSchema(node, file, problems);
  if (plain === null) return null;
  const fields = typeof plain === 'object' && plain['type'] === 'object' ? Object.keys((plain['properties'] ?? {}) as object) : [];
  if (fields.length === 0) {
    // Where a fault was found already, it may be why.
    if (problems.list.length === 0) problems.add(at, 'the records of a stream are objects: "type: object" with "properties"');
    return null;
  }
  try {
    // Its own registry: zod keeps what it read beside the schema, and two files may use one `$id`.
    return z.fromJSONSchema(plain as Parameters<typeof z.fromJSONSchema>[0], { registry: z.registry<Record<string, unknown>>() });
  } catch {
    problems.add(at, 'this form of JSON Schema cannot be checked against; say it more simply');
    return null;
  }
}
