/** The handle that is stored before a file is written. Taken out once ("never written, or taken already" in `confirm`), the test here failed. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Outcome, PushResult } from '../../core/contract.ts';
import { operation, rig, signal, streamOf } from './artix-support.ts';

describe('artix by file: a load that may never have left', () => {
  it('is in doubt when nothing lies there, and stands for itself once it is seen', async () => {
    const test = await rig();
    const system = test.open({ route: 'file', rest: null, accounts: null });
    const confirm = async (handle: string): Promise<Outcome | 'pending' | undefined> => streamOf(system, 'clients').confirm?.(handle, signal);
    const intended: string[] = [];
    const one = operation({ action: 'create', reference: 'sv-1', fields: { name: 'Пётр' } });
    const each = async function* () {
      yield one;
    };
    const results: PushResult[] = [];
    const intend = async (handles: ReadonlyMap<string, string>): Promise<void> => {
      expect(await readdir(test.directory)).toEqual([]);
      intended.push(...handles.values());
    };
    for await (const result of streamOf(system, 'clients').push?.(each(), signal, intend) ?? []) results.push(result);
    const [{ outcome } = { outcome: null }] = results;
    if (outcome?.kind !== 'accepted') throw new Error('not accepted');
    const { handle } = outcome;
    expect(intended).toEqual([`?${handle}`]);
    expect(await confirm(`?${handle}`)).toEqual({ kind: 'accepted', handle });
    for (const name of await readdir(test.directory)) await rm(join(test.directory, name));
    expect(await confirm(handle)).toEqual({ kind: 'applied', key: 'sv-1' });
    expect(await confirm(`?${handle}`)).toEqual({ kind: 'unknown', code: 'VENDOR_LOST_ANSWER' });
  });
});
