import { SaxesParser } from 'saxes';
import type { HttpResponse } from '../../core/context.ts';
import type { Json } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { decodeUtf8 } from '../shared/json.ts';
import { type Branch, put } from './xml-branch.ts';
import { parsePlainXml } from './xml-plain.ts';

interface Open {
  readonly name: string;
  /** Made when the first child element comes. */
  branch: Branch | null;
  text: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The five entities of XML; without a prototype, so that `&constructor;` is unknown. */
const ENTITIES: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, {
  amp: '&',
  gt: '>',
  lt: '<',
  quot: '"',
  apos: "'",
});
const MAX_DEPTH = 16;

/**
 * The content of an XML answer's root element in the shape of JSON: a leaf is its text, an element with children an object, a
 * repeated child an array. Throws `ContractError` for a DOCTYPE, an unknown entity, a cut body, HTML, text between elements.
 */
export function parseXml(response: HttpResponse, what: string): Json {
  const source = decodeUtf8(response, what);
  const plain = parsePlainXml(source, MAX_DEPTH);
  if (plain !== undefined) return plain;
  const broken = (found: string): ContractError =>
    new ContractError('VENDOR_ANSWER', `${what}: ${found} instead of the documented XML (HTTP ${response.status})`);
  const parser = new SaxesParser({ xmlns: false, fragment: false, position: false });
  parser.ENTITIES = ENTITIES;
  const stack: Open[] = [];
  let root: Json = null;
  parser.on('error', () => {
    // The parser's own message may quote the body.
    throw broken('a cut or broken document');
  });
  parser.on('doctype', () => {
    throw broken('a document with a DOCTYPE');
  });
  parser.on('opentag', (tag) => {
    if (stack.length >= MAX_DEPTH) throw broken('a document nested too deeply');
    stack.push({ name: tag.name, branch: null, text: '', attributes: tag.attributes as Record<string, string> });
  });
  const addText = (part: string): void => {
    const open = stack.at(-1);
    if (open !== undefined) open.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = stack.pop();
    if (closed === undefined) return;
    if (closed.branch !== null && closed.text.trim() !== '') throw broken('text between elements');
    if (closed.branch !== null) addAttributes(closed.branch, closed.attributes);
    const value: Json = closed.branch ?? closed.text;
    const parent = stack.at(-1);
    if (parent === undefined) root = value;
    else {
      parent.branch ??= {};
      put(parent.branch, closed.name, value);
    }
  });
  parser.write(source).close();
  return root;
}

/** Attributes of an element with children are fields like these, where no child has the name; those of a leaf say nothing of its text. */
function addAttributes(branch: Branch, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== '__proto__' && !Object.hasOwn(branch, name)) branch[name] = value;
  }
}
