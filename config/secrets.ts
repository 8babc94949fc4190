/** Secrets: `{ env: NAME }` or `{ file: path }` in the file, the value from the environment, the `.env` beside it, or the file. */
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './environment.ts';
import type { ReadConfigFile } from './files.ts';
import type { ConfigProblem } from './problems.ts';
import { isSecretAt, keysAt, type Shape, takesText } from './shape.ts';
import type { KeyPath, Source } from './source.ts';

export interface SecretReader {
  /** The tree with references replaced by their values. `shape` is that of the tree, `prefix` its place in the file. */
  resolve(tree: unknown, shape: Shape, prefix: KeyPath): Promise<unknown>;
  /** Every value that was put in, for redaction. */
  readonly values: Set<string>;
}

interface Sources {
  readonly env: Environment;
  readonly readFile: ReadConfigFile;
  readonly source: Source;
  readonly problems: ConfigProblem[];
  readonly warnings: string[];
}

/** Reads the `.env` beside the configuration, if there is one. */
export async function secretReader(sources: Sources): Promise<SecretReader> {
  const { env, readFile, source, problems, warnings } = sources;
  const directory = dirname(source.file);
  const dotEnv = join(directory, '.env');
  const beside = await readDotEnv(dotEnv, readFile, warnings);
  const values = new Set<string>();

  function fromEnvironment(name: string, path: KeyPath): string | undefined {
    const value = env[name] ?? beside?.[name];
    if (value !== undefined && value !== '') return keep(value);
    const looked = `the environment and ${dotEnv}${beside === null ? ' (there is no such file)' : ''}`;
    problems.push(
      source.problem(path, `the variable ${name} is ${value === '' ? 'empty' : 'not set'}; looked in ${looked}`, {
        code: 'CONFIG_SECRET_MISSING',
      }),
    );
    return undefined;
  }

  async function fromFile(name: string, path: KeyPath): Promise<string | undefined> {
    const file = resolve(directory, name);
    try {
      const found = await readFile(file);
      const value = found?.text.replace(/\r?\n$/, '');
      if (found !== null && value !== undefined && value !== '') {
        warnOfMode(file, found.mode, warnings);
        return keep(value);
      }
      problems.push(
        source.problem(path, `the file ${file} ${found === null ? 'is not there' : 'is empty'}`, {
          code: 'CONFIG_SECRET_MISSING',
        }),
      );
    } catch (error) {
      problems.push(
        source.problem(path, `the file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { code: 'CONFIG_SECRET_MISSING' }),
      );
    }
    return undefined;
  }

  function keep(value: string): string {
    values.add(value);
    return value;
  }

  async function walk(tree: unknown, shape: Shape, prefix: KeyPath, local: KeyPath): Promise<unknown> {
    const path = [...prefix, ...local];
    if (Array.isArray(tree)) return Promise.all(tree.map((item, index) => walk(item, shape, prefix, [...local, index])));
    if (typeof tree !== 'object' || tree === null) {
      if (!isSecretAt(shape, local) || tree === null) return tree;
      values.add(String(tree));
      problems.push(
        source.problem(path, `a secret does not stand in this file; write { env: NAME } and set NAME in the environment or in ${dotEnv}, or { file: path }`),
      );
      return String(tree);
    }
    const reference = referenceOf(tree, shape, local);
    if (reference !== null) {
      // What is missing is already a fault; an empty text would only add another.
      return (reference.kind === 'env' ? fromEnvironment(reference.name, path) : await fromFile(reference.name, path)) ?? MISSING;
    }
    const entries: [string, unknown][] = [];
    for (const [key, value] of Object.entries(tree)) entries.push([key, await walk(value, shape, prefix, [...local, key])]);
    return Object.fromEntries(entries);
  }

  return { values, resolve: (tree, shape, prefix) => walk(tree, shape, prefix, []) };
}

/** Stands for a secret that could not be found, until the faults are thrown. */
const MISSING = 'missing-secret';

function referenceOf(tree: object, shape: Shape, local: KeyPath): { kind: 'env' | 'file'; name: string } | null {
  const entries = Object.entries(tree);
  const [kind, name] = entries[0] ?? [];
  if (entries.length !== 1 || (kind !== 'env' && kind !== 'file') || typeof name !== 'string' || name === '') return null;
  if (!takesText(shape, local) || keysAt(shape, local).includes(kind)) return null;
  return { kind, name };
}

async function readDotEnv(path: string, readFile: ReadConfigFile, warnings: string[]): Promise<Environment | null> {
  try {
    const found = await readFile(path);
    if (found === null) return null;
    warnOfMode(path, found.mode, warnings);
    // Editors of Windows put a mark before UTF-8, which would be part of the first name.
    return parseEnv(found.text.replace(/^\uFEFF/, '')) as Environment;
  } catch (error) {
    warnings.push(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); its variables are not used`);
    return null;
  }
}

function warnOfMode(path: string, mode: number, warnings: string[]): void {
  if ((mode & 0o077) !== 0) warnings.push(`${path} holds secrets and others on this machine may read it: chmod 600 ${path}`);
}
