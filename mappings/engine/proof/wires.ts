/** Generated wire values: what the schema names, what the line itself writes, that bent a little, and what has broken integrations before. */
import type { Json } from '../../../core/contract.ts';
import { misfit } from './fits.ts';
import type { Random } from './random.ts';
import type { WireKind, WireType } from './wire-type.ts';

/** Texts of every sort that vendors send. */
const TEXTS: readonly Json[] = [
  ...['x', 'нет', '-', '0', '1', '2', '7', '100', '-5', '15200.00', '1e21', 'true', 'false', 'M', 'F', 'male'],
  ...['2020-01-31', '31.01.2020', '5.9.2010', '2020-01-31 13:54:37', '24.03.2019 9:39:30', '2019-04-23T22:22:44.134+0700', '31.02.2020'],
  ...['0000-00-00', '1577836800', '+79131234567', '8 (913) 123-45-67', 'ivanov@test.tt', 'Иванов Иван Иванович', 'ООО Ромашка'],
  ...['__proto__', 'constructor', '<b>&amp;</b>', '=1+1', '😀', ' а ', 'а\u0000б'],
];
const NUMBERS: readonly Json[] = [0, 1, 2, 3, 7, 100, -5, 1.5, 1e21, 1_577_836_800, 79_131_234_567];
const BOOLEANS: readonly Json[] = [true, false];

/** Wire values of the type, whatever the line thinks of them. `written`: what the line writes. */
export function wiresOf(type: WireType, written: readonly Json[], random: Random): readonly Json[] {
  const kinds = type.kinds ?? ALL;
  const scalars = [
    ...written,
    ...written.flatMap((wire) => respelt(wire, random)),
    ...type.values,
    ...(kinds.has('text') ? TEXTS : []),
    ...(kinds.has('number') ? NUMBERS : []),
    ...(kinds.has('boolean') ? BOOLEANS : []),
  ];
  const made = [...scalars, ...(kinds.has('object') ? objectsOf(type, random) : []), ...(kinds.has('list') ? listsOf(type, random) : [])];
  return made.filter((wire) => misfit(wire, type) === null);
}

const ALL: ReadonlySet<WireKind> = new Set(['text', 'number', 'boolean', 'list', 'object', 'null']);

/** The same in the other spelling, and a neighbour of it. */
function respelt(wire: Json, random: Random): readonly Json[] {
  if (typeof wire === 'number') return [String(wire), wire + 1];
  if (typeof wire !== 'string' || wire === '') return [];
  const at = random.int(wire.length);
  const number = wire.trim() === '' ? Number.NaN : Number(wire);
  return [...(Number.isSafeInteger(number) ? [number] : []), ` ${wire}`, wire.slice(0, at) + wire.slice(at + 1), wire.toUpperCase(), `${wire}7`];
}

function objectsOf({ members }: WireType, random: Random): readonly Json[] {
  const names = [...(members?.keys() ?? ['a'])];
  const object = (value: () => Json): Json => Object.fromEntries(names.map((name) => [name, value()]));
  return [object(() => random.any(TEXTS) ?? 'x'), object(() => 1), object(() => random.any(NUMBERS) ?? 0)];
}

function listsOf({ items }: WireType, random: Random): readonly Json[] {
  const texts = [[random.any(TEXTS) ?? 'x', 'x']];
  if (items === null || items.kinds === null) return [...texts, [1, 2], [{ a: 1 }]];
  const some = items.kinds.has('object') ? objectsOf(items, random) : [];
  return [...some.map((item) => [item]), ...(items.kinds.has('text') ? texts : []), ...(items.kinds.has('number') ? [[1, 2]] : [])];
}
