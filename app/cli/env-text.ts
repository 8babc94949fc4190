/** Text of a `.env` file that reads back as what was put in. */
import { parseEnv } from 'node:util';
import { ConfigError } from '../../core/errors.ts';

/** Lines of a `.env` file, read back as they will be. Throws `ConfigError` for a value that no such file can hold. */
export function envText(variables: Readonly<Record<string, string>>): string {
  const text = Object.entries(variables)
    .map(([name, value]) => envLine(name, value))
    .join('');
  const read = parseEnv(text);
  for (const [name, value] of Object.entries(variables)) if (read[name] !== value) throw notInEnv(name);
  return text;
}

/** Quotes have no escapes in such a file: those that do not stand in the value hold it. */
function envLine(name: string, value: string): string {
  const plain = /^[\w.:/@+-]*$/.test(value) ? [value] : [];
  const ways = [...plain, `'${value}'`, `"${value}"`, `\`${value}\``, value].map((way) => `${name}=${way}\n`);
  const line = ways.find((way) => {
    const read = parseEnv(way);
    return read[name] === value && Object.keys(read).length === 1;
  });
  if (line === undefined) throw notInEnv(name);
  return line;
}

function notInEnv(name: string): ConfigError {
  return new ConfigError('CONFIG_USAGE', `${name}: a .env file cannot hold this value, which has every kind of quote in it`, {
    hint: 'Have the vendor make another one; or begin without it, and put it into the environment of whatever starts Sverka.',
  });
}
