/** Whose records are known: those of the connectors, and those of which a wire file in the mappings directory tells. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';
import type { Problem } from '../mappings/engine/problems.ts';
import { textOf } from './mappings.ts';
import { CONNECTORS } from './registry.ts';

export interface KnownVendor {
  readonly vendor: string;
  /** Schema of every stream's record; a connector's own where there is one. */
  readonly wire: Readonly<Record<string, ZodType>>;
  /** The wire file; null: a connector registers it. */
  readonly file: string | null;
}

export interface MappingsDirectory {
  readonly vendors: ReadonlyMap<string, KnownVendor>;
  /** Mapping files in the operator's directory, of vendors and streams that are known. */
  readonly files: readonly { readonly vendor: string; readonly stream: string }[];
  /** Files there that stand for nothing, and faults of wire files. */
  readonly problems: readonly Problem[];
}

const STREAM_FILE = /^([A-Za-z][A-Za-z0-9-]*)\.yaml$/;
const WIRE_FILE = /^(.+)\.wire\.yaml$/;
const ANY_MAPPING = /^[^.].*\.ya?ml$/;

/** Looks through the operator's mappings; `own` undefined: the connectors' vendors alone. Throws `ConfigError` where it cannot be read. */
export async function mappingsDirectory(own: string | undefined): Promise<MappingsDirectory> {
  const vendors = new Map<string, KnownVendor>([...CONNECTORS].map(([vendor, { wire }]) => [vendor, { vendor, wire, file: null }]));
  const problems: Problem[] = [];
  const files: { vendor: string; stream: string }[] = [];
  const folders = own === undefined ? [] : await foldersOf(own);
  // All wire files first: a vendor that is known is what another one may have been meant to be.
  const broken = new Set<string>();
  for (const { path, names } of folders) {
    for (const name of names) {
      const vendor = WIRE_FILE.exec(name)?.[1];
      if (vendor === undefined) continue;
      const known = await wireOf(join(path, name), vendor, problems);
      if (known === null) broken.add(vendor);
      else vendors.set(vendor, known);
    }
  }
  for (const { path, folder, names } of folders) {
    for (const name of names) {
      const file = join(path, name);
      if (!ANY_MAPPING.test(name) || /\.(cases|wire)\.yaml$/.test(name)) continue;
      const stream = STREAM_FILE.exec(name)?.[1];
      const known = vendors.get(folder);
      if (broken.has(folder) && !CONNECTORS.has(folder)) continue;
      if (folder === '') problems.push(problem(file, 'a mapping lies in the folder of its vendor: <vendor>/<stream>.yaml'));
      else if (known === undefined) problems.push(await unknownVendor(file, folder, vendors));
      else if (stream !== undefined && Object.hasOwn(known.wire, stream)) files.push({ vendor: folder, stream });
      else problems.push(await unknownStream(file, stream ?? name, known));
    }
  }
  return { vendors, files, problems };
}

interface Folder {
  readonly path: string;
  /** Name of the vendor; empty for the directory itself. */
  readonly folder: string;
  /** Files in it. */
  readonly names: readonly string[];
}

async function foldersOf(own: string): Promise<readonly Folder[]> {
  const folderOf = async (folder: string): Promise<Folder & { readonly inner: readonly string[] }> => {
    const path = join(own, folder);
    const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'));
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    return { path, folder, names: names.sort(), inner: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name) };
  };
  try {
    const top = await folderOf('');
    return [top, ...(await Promise.all([...top.inner].sort().map(folderOf)))];
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError('CONFIG_INVALID', `the directory of mappings ${own} cannot be read (${code ?? 'unknown'})`, {
      cause,
      hint: 'Make it, or mend `mappings` in the configuration.',
    });
  }
}

async function wireOf(file: string, vendor: string, problems: Problem[]): Promise<KnownVendor | null> {
  if (CONNECTORS.has(vendor)) {
    problems.push(problem(file, `the connector of ${vendor} knows its records already: take this file away`));
    return null;
  }
  const { readWireFile } = await import('../mappings/engine/wire-file.ts');
  const read = readWireFile({ file, text: (await textOf(file)) ?? '' }, vendor);
  problems.push(...read.problems);
  return read.problems.length > 0 ? null : { vendor, wire: read.wire, file };
}

function problem(file: string, message: string, line = 1): Problem {
  return { code: 'MAPPING_INVALID', message, file, line, column: 1 };
}

/** The line on which a key of the file stands; the first where it has none. */
async function lineOf(file: string, key: string): Promise<number> {
  const index = ((await textOf(file)) ?? '').split('\n').findIndex((line) => line.startsWith(`${key}:`));
  return Math.max(0, index) + 1;
}

async function unknownVendor(file: string, folder: string, vendors: ReadonlyMap<string, KnownVendor>): Promise<Problem> {
  const near = suggestion(folder, vendors.keys());
  return problem(
    file,
    `nobody knows the records of "${folder}": there is neither a connector nor ${folder}/${folder}.wire.yaml${near}`,
    await lineOf(file, 'vendor'),
  );
}

async function unknownStream(file: string, stream: string, { vendor, wire, file: wireFile }: KnownVendor): Promise<Problem> {
  const streams = Object.keys(wire);
  const near = suggestion(stream, streams) || `; there are ${streams.join(', ')}`;
  return problem(file, `${wireFile === null ? vendor : `${vendor}.wire.yaml`} knows no stream "${stream}"${near}`, await lineOf(file, 'stream'));
}
