/** `{ setting: name, default: value }` anywhere in a line stands for a value of the system's settings. */
import { quoted } from '../../core/names.ts';
import { suggestion } from '../../core/nearest.ts';
import type { CompileOptions } from './options.ts';
import type { Problems } from './problems.ts';
import { mapTree, type Tree } from './source.ts';

/** The tree with every setting put in. A setting without value and default is a fault. */
export function withSettings(tree: Tree, options: CompileOptions, problems: Problems): Tree {
  if (tree.items !== undefined) {
    const items = tree.items.map((item) => withSettings(item, options, problems));
    return { at: tree.at, items, value: items.map((item) => item.value) };
  }
  if (tree.entries === undefined) return tree;
  const setting = tree.entries.get('setting');
  if (setting !== undefined) return resolve(tree, setting.node, options, problems);
  const entries = [...tree.entries].map(([name, entry]) => [name, { ...entry, node: withSettings(entry.node, options, problems) }] as const);
  return mapTree(tree.at, new Map(entries));
}

function resolve(tree: Tree, setting: Tree, options: CompileOptions, problems: Problems): Tree {
  for (const entry of tree.entries?.values() ?? []) {
    if (entry.name !== 'setting' && entry.name !== 'default')
      problems.add(entry.at, `${quoted(entry.name)} is not known beside "setting"; only "default" is${suggestion(entry.name, ['default'])}`);
  }
  const nothing: Tree = { at: tree.at, value: null, isFaulty: true };
  const name = setting.value;
  const known = options.settingNames;
  const fallback = tree.entries?.get('default');
  if (typeof name !== 'string') {
    problems.add(setting.at, '"setting" must be the name of a setting, as a text');
    return fallback?.node ?? nothing;
  }
  const settings = options.settings ?? {};
  if (Object.hasOwn(settings, name)) return { at: tree.at, value: settings[name] ?? null };
  if (known !== undefined && !known.includes(name)) {
    problems.add(setting.at, `there is no setting ${quoted(name)}${suggestion(name, known) || `; the vendor's settings: ${known.join(', ')}`}`);
    return fallback?.node ?? nothing;
  }
  if (fallback !== undefined) return fallback.node;
  const near = known === undefined ? suggestion(name, Object.keys(settings)) : '';
  problems.add(setting.at, `the setting ${quoted(name)} has no value and no default${near || ': give it a value in the configuration, or a default here'}`);
  return nothing;
}
