/** Reads a configuration: file, secrets, schema, references. Every fault is found in one go and thrown together. */
import { dirname, resolve } from 'node:path';
import { ConfigError, type Place } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';
import { type ConnectorFacts, checkReferences } from './check.ts';
import { checkAddresses } from './check-addresses.ts';
import { checkJobs } from './check-jobs.ts';
import type { Environment } from './environment.ts';
import { explainIssues } from './explain.ts';
import type { ReadConfigFile } from './files.ts';
import { type ConfigProblem, throwProblems } from './problems.ts';
import { type Config, configSchema } from './schema/config.ts';
import { type SecretReader, secretReader } from './secrets.ts';
import { shapeOf } from './shape.ts';
import { type KeyPath, readSource, type Source } from './source.ts';

export interface LoadOptions {
  readonly env: Environment;
  readonly readFile: ReadConfigFile;
  readonly connectors: ReadonlyMap<string, ConnectorFacts>;
  /** Settings given on the command line, laid over those of every system of the vendor whose schema knows them. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface LoadedConfig {
  /** Absolute path. */
  readonly file: string;
  readonly directory: string;
  /** `settings` of each system have passed their vendor's schema. */
  readonly config: Config;
  /** Every secret value, for redaction. */
  readonly secrets: ReadonlySet<string>;
  readonly warnings: readonly string[];
  /** Where the key at the end of a path stands in the file; with `atKey: false`, its value. */
  place(path: KeyPath, options?: { readonly atKey: boolean }): Place;
}

/** Throws `ConfigError`: `ConfigFaults` with every fault and its line, or that the file cannot be read. */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadedConfig> {
  const file = resolve(path);
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  const source = readSource(file, await textOf(file, options.readFile), problems);
  throwProblems(problems);
  const secrets = await secretReader({ env: options.env, readFile: options.readFile, source, problems, warnings });
  const shape = shapeOf(configSchema);
  const value = await secrets.resolve(source.value ?? {}, shape, []);
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) problems.push(...explainIssues(parsed.error, source, shape));
  const settings = await checkSettings(value, source, options, secrets, problems);
  if (parsed.success)
    problems.push(
      ...checkReferences(parsed.data, source, options.connectors),
      ...checkJobs(parsed.data, source, options.connectors),
      ...checkAddresses(parsed.data, settings, source, options.connectors),
    );
  throwProblems(problems);
  if (!parsed.success) throw new ConfigError('CONFIG_INVALID', `${file}: the configuration is wrong`);
  const systems = Object.entries(parsed.data.systems).map(([name, system]) => [name, { ...system, settings: settings.get(name) }] as const);
  return {
    file,
    directory: dirname(file),
    config: { ...parsed.data, systems: Object.fromEntries(systems) },
    secrets: secrets.values,
    warnings,
    place: (at, { atKey } = { atKey: true }) => placeOf(source, at, atKey),
  };
}

function placeOf(source: Source, path: KeyPath, atKey: boolean): Place {
  const { file, line, column } = source.problem(path, '', { atKey });
  return { file, line, column };
}

const WHY_NOT: Readonly<Record<string, string>> = { EISDIR: 'it is a directory', EACCES: 'this user may not read it', EPERM: 'this user may not read it' };

async function textOf(file: string, readFile: ReadConfigFile): Promise<string> {
  let why = 'there is no such file';
  try {
    const found = await readFile(file);
    if (found !== null) return found.text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    why = WHY_NOT[code] ?? code;
  }
  throw new ConfigError('CONFIG_UNREADABLE', `${file} cannot be read: ${why}`, { where: { file } });
}

/** Each system's own settings, checked even where the rest of the file is wrong, so that all faults are shown at once. */
async function checkSettings(
  value: unknown,
  source: Source,
  options: LoadOptions,
  secrets: SecretReader,
  problems: ConfigProblem[],
): Promise<Map<string, unknown>> {
  const checked = new Map<string, unknown>();
  const { connectors } = options;
  const systems = member(value, 'systems');
  for (const [name, system] of Object.entries(isObject(systems) ? systems : {})) {
    const at = ['systems', name];
    const vendor = member(system, 'vendor');
    if (typeof vendor !== 'string') continue;
    const facts = connectors.get(vendor);
    if (facts === undefined) {
      problems.push(
        source.problem(
          [...at, 'vendor'],
          `there is no connector "${vendor}"${suggestion(vendor, connectors.keys())}${suggestion(vendor, connectors.keys()) === '' ? ';' : ''} known: ${[...connectors.keys()].join(', ')}`,
        ),
      );
      continue;
    }
    const shape = shapeOf(facts.settings);
    const given = await secrets.resolve(member(system, 'settings') ?? {}, shape, [...at, 'settings']);
    const result = facts.settings.safeParse(isObject(given) ? { ...given, ...extra(options, shape.properties ?? {}, secrets) } : given);
    if (result.success) checked.set(name, result.data);
    else problems.push(...explainIssues(result.error, source, shape, [...at, 'settings']));
  }
  return checked;
}

function extra(options: LoadOptions, known: Readonly<Record<string, unknown>>, secrets: SecretReader): Record<string, string> {
  const entries = Object.entries(options.settings ?? {}).filter(([name]) => Object.hasOwn(known, name));
  for (const [, value] of entries) secrets.values.add(value);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
