/** An XML element with children, in the shape of JSON. */
import type { Json } from '../../core/contract.ts';

export type Branch = Record<string, Json>;

/** Adds a child: a repeated one makes an array. Whatever its name is, no prototype is touched. */
export function put(branch: Branch, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(branch, name, { value, enumerable: true, configurable: true, writable: true });
  } else if (!Object.hasOwn(branch, name)) branch[name] = value;
  else {
    const there = branch[name] as Json;
    if (Array.isArray(there)) (there as Json[]).push(value);
    else branch[name] = [there, value];
  }
}
