import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envText } from '../../app/cli/env-text.ts';
import { ConfigError } from '../../core/errors.ts';

const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/);
/** Keys as people paste them, and those made of what the format itself uses. */
const value = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("'", '"', '`', '#', '=', ' ', '\\', '\n', '\r', '$', 'n', 'a', 'ж') }));

test('what is written to .env is read back the same, or refused', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), (variables) => {
      let text: string;
      try {
        text = envText(variables);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return;
      }
      expect({ ...parseEnv(text) }).toEqual({ ...variables });
    }),
    { numRuns: 2000 },
  );
});

test.each(["it's", `it's "both"`, "'", '#key', ' key ', 'a#b', `"key"`, 'a\\nb', '', 'plain-key'])('%j is held', (secret) => {
  expect(parseEnv(envText({ BEFORE: "it's", KEY: secret, AFTER: 'x' }))).toEqual({ BEFORE: "it's", KEY: secret, AFTER: 'x' });
});
