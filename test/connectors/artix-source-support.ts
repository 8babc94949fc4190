/** Command files in a directory of their own, and a source that reads them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { artix } from '../../connectors/artix/index.ts';
import type { Batch, System, VendorRecord } from '../../core/contract.ts';
import { type TestContext, testContext } from '../support/context.ts';
import { signal } from './artix-support.ts';

export interface Lies {
  readonly directory: string;
  readonly ctx: TestContext;
  /** Writes a pair; `flag: false` leaves the flag out. */
  put(base: string, content: string | Buffer, flag?: boolean): Promise<void>;
  open(source?: object): System;
}

export async function lies(): Promise<Lies> {
  const directory = await mkdtemp(join(tmpdir(), 'artix-source-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const ctx = testContext();
  return {
    directory,
    ctx,
    async put(base, content, flag = true) {
      await writeFile(join(directory, `${base}.aif`), content);
      if (flag) await writeFile(join(directory, `${base}.flz`), '');
    },
    open: (source = {}) => artix.open(artix.settings.parse({ route: 'file', file: { directory }, source: { directory, ...source } }), ctx),
  };
}

export interface Read {
  readonly records: readonly VendorRecord[];
  readonly batches: readonly Batch[];
  readonly bodies: Readonly<Record<string, unknown>>;
  /** Rules of what was set aside. */
  readonly rules: readonly string[];
  readonly remark: string | undefined;
  readonly complete: string | undefined;
}

export async function read(system: System, reading = 'clients'): Promise<Read> {
  const batches: Batch[] = [];
  for await (const batch of system.pull({ reading, full: true }, null, signal)) batches.push(batch);
  const records = batches.flatMap((batch) => batch.records.get(reading) ?? []);
  const last = batches.at(-1);
  return {
    records,
    batches,
    bodies: Object.fromEntries(records.map(({ key, body }) => [key, body])),
    rules: batches.flatMap(({ rejected }) => rejected.map(({ rule }) => rule)),
    remark: last?.remark,
    complete: last?.complete,
  };
}

export const file = (...commands: readonly object[]): string => commands.map((command) => `${JSON.stringify(command)}\n---\n`).join('');
export const add = (idclient: string, fields: object = {}) => ({ command: 'addClient', client: { idclient, ...fields } });
export const update = (idclient: string, fields: object) => ({ command: 'updateClient', client: { idclient, ...fields } });
export const remove = (idclient: string | number) => ({ command: 'deleteClient', idclient });
export const CLEAR = { command: 'clearClient' };
