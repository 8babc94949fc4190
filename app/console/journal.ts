/** What vendors booked on the accounts of one card, beside what Sverka sent there. */
import type { Store } from '../../canonical/open.ts';
import { ownSessions } from '../../canonical/stores/adjustments.ts';
import type { Stream } from '../../core/contract.ts';
import { ConfigError } from '../../core/errors.ts';
import type { JournalEntry } from '../../core/journal.ts';
import type { RunSetup, SystemSetup } from '../../pipeline/setup.ts';

export interface JournalView {
  readonly system: string;
  readonly stream: string;
  /** The newest first; `ours`: the number of our operation, where the entry came from one. */
  readonly entries: readonly (JournalEntry & { readonly ours: number | null })[];
  /** In minor units: what the booked entries come to, and what the vendor shows; null where either cannot be told. */
  readonly sum: number | null;
  readonly balance: number | null;
  /** What is cancelled or waits to be confirmed, by the vendor's word for it: it counts in no balance. */
  readonly apart: readonly { readonly state: string; readonly count: number; readonly sum: number | null }[];
}

/** The journals of a card in all systems that keep one, or in those that were chosen. Throws `ConfigError` where none of them does. */
export async function journalsOf(store: Store, setup: RunSetup, cardNumber: string, systems: readonly string[]): Promise<JournalView[]> {
  const views: JournalView[] = [];
  for (const system of setup.systems) {
    if (systems.length > 0 && !systems.includes(system.name)) continue;
    for (const port of system.streams.values()) if (port.journal !== undefined) views.push(await journalIn(store, setup, system, port, cardNumber));
  }
  if (views.length === 0) {
    throw new ConfigError('CONFIG_USAGE', 'none of these systems keeps a journal of its accounts', { hint: 'Artix does, with `accounts` in its settings.' });
  }
  return views;
}

async function journalIn(store: Store, setup: RunSetup, system: SystemSetup, port: Stream, cardNumber: string): Promise<JournalView> {
  const read: JournalEntry[] = [];
  for await (const entry of port.journal?.({ cardNumber }, setup.signal) ?? []) read.push(entry);
  const ours = await ownSessions(
    store.db,
    system.id,
    read.map(({ id }) => id),
  );
  const entries = read.map((entry) => ({ ...entry, ours: ours.get(entry.id) ?? null }));
  const states = [...new Set(entries.filter(({ booked }) => !booked).map(({ state }) => state))];
  return {
    system: system.name,
    stream: port.name,
    entries,
    sum: sumOf(entries.filter(({ booked }) => booked)),
    apart: states.map((state) => {
      const some = entries.filter((entry) => !entry.booked && entry.state === state);
      return { state, count: some.length, sum: sumOf(some) };
    }),
    balance: await balanceIn(setup, system, port, cardNumber),
  };
}

const sumOf = (entries: readonly JournalEntry[]): number | null =>
  entries.every(({ delta }) => delta !== null) ? entries.reduce((sum, { delta }) => sum + (delta ?? 0), 0) : null;

async function balanceIn(setup: RunSetup, system: SystemSetup, port: Stream, cardNumber: string): Promise<number | null> {
  if (port.find === undefined || !port.capabilities.findBy.includes('cardNumber')) return null;
  const [record] = (await port.find({ cardNumber }, setup.signal)).records.get(port.name) ?? [];
  const balance = record === undefined ? null : system.mappings.get(port.name)?.decode(record.body).values['balance'];
  return typeof balance === 'number' ? balance : null;
}
