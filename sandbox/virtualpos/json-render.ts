import type { VirtualPosOptions } from './options.ts';
import { type BranchNode, isList, type ListNode } from './tree.ts';

type Shape = Pick<VirtualPosOptions, 'jsonShape' | 'emptyAs' | 'scalars'>;

const ENVELOPE = new Set(['success', 'count', 'page', 'page_size', 'total_count']);
const NUMERIC = new Set([
  ...ENVELOPE,
  'id',
  'isnew',
  'age',
  'birth_day',
  'birth_month',
  'birth_year',
  'accumulated_sales',
  'send_push',
  'send_email',
  'send_sms',
  'group_id',
  'type_id',
  'created_by',
  'last_update_by',
  'bonus_id',
  'amount',
]);

const emptyValue = (emptyAs: Shape['emptyAs']): unknown => (emptyAs === 'null' ? null : emptyAs === '[]' ? [] : emptyAs === '{}' ? {} : '');

const scalar = (name: string, text: string, shape: Shape): unknown => {
  if (text === '') return emptyValue(shape.emptyAs);
  const numeric = shape.scalars === 'numbers' ? NUMERIC : ENVELOPE;
  if (shape.scalars === 'all-strings' || !numeric.has(name)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
};

const list = (node: ListNode, shape: Shape): unknown => {
  const items = node.items.map((item) => branch(item, shape));
  if (shape.jsonShape === 'array') return items;
  if (items.length === 0) return emptyValue(shape.emptyAs);
  const single = shape.jsonShape === 'object-single-when-one' && items.length === 1;
  return { [node.item]: single ? items[0] : items };
};

const branch = (node: BranchNode, shape: Shape): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  for (const name in node) {
    const child = node[name] ?? '';
    out[name] = isList(child) ? list(child, shape) : scalar(name, child, shape);
  }
  return out;
};

/** The answer in JSON. No page of the vendor shows one, so its shape follows the options. */
export function renderJson(root: BranchNode, shape: Shape): string {
  return JSON.stringify(branch(root, shape));
}
