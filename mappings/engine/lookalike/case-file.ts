/** A case added to the text of a cases file: comments and whatever else stands there stay. */
import { isNode, isSeq, parseDocument, stringify, type YAMLSeq } from 'yaml';
import { ConfigError } from '../../../core/errors.ts';
import type { MappingSource } from '../source.ts';
import type { MadeCase } from './case.ts';

/** The case alone, as it would stand in a file. */
export const caseText = (made: MadeCase): string => stringify([made], { lineWidth: 0, aliasDuplicateObjects: false });

/** The file with the case at its end; a new file where there is none. Throws `ConfigError` for a file that is no cases file. */
export function withCase(cases: MappingSource | null, made: MadeCase): string {
  if (cases === null) return `cases:\n${caseText(made).replace(/^(?=.)/gm, '  ')}`;
  const document = parseDocument(cases.text, { uniqueKeys: true });
  const list = document.get('cases');
  if (document.errors.length > 0 || !isSeq(list)) {
    throw new ConfigError('MAPPING_INVALID', `${cases.file}: this is no cases file: "cases" must be a list`, {
      where: { file: cases.file, line: 1, column: 1 },
    });
  }
  const spelt = appended(cases.text, list, made);
  if (spelt !== null) return spelt;
  list.flow = false;
  list.add(document.createNode(made, { aliasDuplicateObjects: false }));
  return document.toString({ lineWidth: 0 });
}

/** The case put behind the last one, every other byte as it was; null for a list that is written in one line, or empty. */
function appended(text: string, list: YAMLSeq, made: MadeCase): string | null {
  const [first] = list.items;
  const start = isNode(first) ? first.range?.[0] : undefined;
  const end = list.range?.[1];
  if (list.flow === true || start === undefined || end === undefined) return null;
  const dash = text.lastIndexOf('-', start - 1);
  const indent = ' '.repeat(dash - text.lastIndexOf('\n', dash) - 1);
  const before = text.slice(0, end).trimEnd();
  const rest = text.slice(before.length).replace(/^[ \t]*\r?\n/, '');
  const result = `${before}\n${caseText(made).replace(/^(?=.)/gm, indent)}${rest}`;
  return caseNames({ file: '', text: result }).at(-1) === made.name ? result : null;
}

/** Names of the cases there are. */
export function caseNames(cases: MappingSource | null): readonly string[] {
  const list: unknown = cases === null ? null : parseDocument(cases.text).toJS();
  const found = (list as { readonly cases?: readonly { readonly name?: unknown }[] } | null)?.cases;
  return Array.isArray(found) ? found.map((one) => String((one as { name?: unknown } | null)?.name ?? '')) : [];
}
