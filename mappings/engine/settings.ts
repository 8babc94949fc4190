/** `{ setting: name, default: value }` anywhere in a line stands for a value of the system's settings. */
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
  if (setting !== undefined) return resolve(tree, String(setting.node.value), options, problems);
  const entries = [...tree.entries].map(([name, entry]) => [name, { ...entry, node: withSettings(entry.node, options, problems) }] as const);
  return mapTree(tree.at, new Map(entries));
}

function resolve(tree: Tree, name: string, options: CompileOptions, problems: Problems): Tree {
  for (const key of tree.entries?.keys() ?? []) {
    if (key !== 'setting' && key !== 'default') problems.add(tree.at, `"${key}" is not known beside "setting"; only "default" is`);
  }
  const settings = options.settings ?? {};
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (value !== undefined) return { at: tree.at, value };
  const fallback = tree.entries?.get('default');
  if (fallback !== undefined) return fallback.node;
  problems.add(tree.at, `the setting "${name}" has no value and no default`);
  return { at: tree.at, value: null };
}
