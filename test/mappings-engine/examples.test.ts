/** Every example of every codec holds, in both directions where it says so. */
import { describe, expect, it } from 'vitest';
import { Unreadable } from '../../mappings/engine/codec.ts';
import { CODECS } from '../../mappings/engine/index.ts';
import { compiledExample, decodeAny, encodeAny } from './support.ts';

describe.each(CODECS.map((codec) => [codec.name, codec] as const))('codec %s', (_, codec) => {
  it('has a description and three examples or more, one of which shows a loss or a problem', () => {
    expect(codec.doc.length).toBeGreaterThan(20);
    expect(codec.examples.length).toBeGreaterThanOrEqual(3);
    if (codec.name !== 'raw') expect(codec.examples.some((one) => one.problem === true || one.loss !== undefined)).toBe(true);
  });

  it.each(codec.examples.map((example) => [JSON.stringify(example), example] as const))('%s', (_text, example) => {
    const codecOfExample = compiledExample(codec, example);
    if (example.problem === true) {
      expect(decodeAny(codecOfExample, example.wire ?? null)).toBeInstanceOf(Unreadable);
      return;
    }
    if (example.way !== 'encode') expect(decodeAny(codecOfExample, example.wire ?? null)).toEqual(example.value);
    if (example.way === 'decode') return;
    const { wire, losses } = encodeAny(codecOfExample, example.value, example.current);
    expect(wire).toEqual(codec.name === 'full-name' && example.wire === undefined ? [] : example.wire);
    expect(losses.map((loss) => loss.kind)).toEqual(example.loss === undefined ? [] : [example.loss]);
    if (example.way === undefined && codecOfExample.arity !== 'group' && codec.name !== 'list-rest') {
      expect(codecOfExample.inDomain(example.value as never)).toBe(true);
    }
  });
});

it('the registry holds no name twice', () => {
  expect(new Set(CODECS.map((codec) => codec.name)).size).toBe(CODECS.length);
});
