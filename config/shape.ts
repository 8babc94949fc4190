/** The shape of a schema as data: known keys, secrets and expectations at a path. Made from zod's own JSON schema. */
import type { ZodType } from 'zod';
import * as z from 'zod';
import type { KeyPath } from './source.ts';

/** The members of JSON Schema that zod writes and we read. */
export interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly enum?: readonly (string | number | boolean)[];
  readonly const?: string | number | boolean;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly example?: unknown;
  readonly secret?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** What may be written in a file for a schema. */
export function shapeOf(schema: ZodType): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
}

/** All shapes that may stand at a path. */
function shapesAt(shape: Shape, path: KeyPath): readonly Shape[] {
  let shapes = branches(shape);
  for (const step of path) {
    shapes = shapes.flatMap((one) => {
      const next =
        typeof step === 'number'
          ? one.items
          : (one.properties?.[step] ?? (typeof one.additionalProperties === 'object' ? one.additionalProperties : undefined));
      return next === undefined ? [] : branches(next);
    });
  }
  return shapes;
}

function branches(shape: Shape): readonly Shape[] {
  const inner = [...(shape.anyOf ?? []), ...(shape.allOf ?? [])];
  return inner.length === 0 ? [shape] : [shape, ...inner.flatMap(branches)];
}

export function keysAt(shape: Shape, path: KeyPath): readonly string[] {
  return shapesAt(shape, path).flatMap((one) => Object.keys(one.properties ?? {}));
}

export function isSecretAt(shape: Shape, path: KeyPath): boolean {
  return shapesAt(shape, path).some((one) => one.secret === true);
}

/** A text may stand there. */
export function takesText(shape: Shape, path: KeyPath): boolean {
  return shapesAt(shape, path).some((one) => one.secret === true || one.type === 'string');
}
