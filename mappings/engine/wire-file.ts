/** `<vendor>.wire.yaml`: what the records of a vendor without a connector look like, as JSON Schema by stream. */
import type { ZodType } from 'zod';
import * as z from 'zod';
import { refuseUnknown } from './file-form.ts';
import { plainSchema } from './json-schema.ts';
import { type At, type Problem, Problems } from './problems.ts';
import { type MappingSource, readSource, type Tree } from './source.ts';

export interface WireFile {
  /** Schema of every stream's record, as a connector's `wire` has it; none where there are faults. */
  readonly wire: Readonly<Record<string, ZodType>>;
  /** In the order of their places; none: the file can be used. */
  readonly problems: readonly Problem[];
}

const KEYS = ['vendor', 'streams', '$schema', '$defs', 'definitions'];
const VENDOR = /^[a-z][a-z0-9-]*$/;
const STREAM = /^[A-Za-z][A-Za-z0-9-]*$/;

/** Reads the text, with every fault; `vendor` is that of the file's name. */
export function readWireFile(source: MappingSource, vendor: string): WireFile {
  const problems = new Problems();
  const wire = wireOf(source, vendor, problems);
  const found = problems.inOrder();
  return { wire: found.length > 0 ? {} : wire, problems: found };
}

function wireOf(source: MappingSource, vendor: string, problems: Problems): WireFile['wire'] {
  const tree = readSource(source, problems);
  if (tree === null) return {};
  if (tree.entries === undefined) {
    problems.add(tree.at, 'a wire file is a map of "vendor" and "streams"');
    return {};
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
  return wire;
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
