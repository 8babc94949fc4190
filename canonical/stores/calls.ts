/** The shares that processes have in the calls to a system. Every function is to be called in a transaction of `Store.calls`. */
import type { Db } from '../db.ts';

/** Two things are shared: slots (calls under way) and permits (calls within a window of the rate). */
export interface Units {
  readonly slots: number;
  readonly permits: number;
}

/** A process's word about what it has, wants and has seen. */
export interface ShareAsk {
  readonly system: string;
  readonly holder: string;
  /** Most units of all processes together. */
  readonly limits: Units;
  /** What it keeps: what it gives back is left out. */
  readonly keeps: Units;
  readonly wants: Units;
  /** Shares of others whose beat stood still for long enough: taken back if it still does. */
  readonly stale: readonly { readonly holder: string; readonly beat: number }[];
  readonly day: DayAsk | null;
  /** UTC ms by its own clock, for people and for other processes of its host. */
  readonly now: number;
}

export interface DayAsk {
  readonly day: string;
  /** Most calls of the day. */
  readonly limit: number;
  readonly wants: number;
  /** Calls that were given out for a day and not made. */
  readonly unused: number;
  readonly unusedDay: string;
}

export interface ShareRow extends Units {
  readonly system: string;
  readonly holder: string;
  readonly wants_slots: number;
  readonly wants_permits: number;
  readonly waits_slots: number | null;
  readonly waits_permits: number | null;
  readonly beat: number;
  readonly seen_at: number;
}

export interface PauseRow {
  readonly paused_at: number;
  readonly paused_by: string | null;
  readonly note: string | null;
}

export interface ShareAnswer extends Units {
  /** Calls of the day given out now, and what is left of it for everybody. */
  readonly calls: number;
  readonly dayLeft: number;
  /** The shares of the others. */
  readonly others: readonly ShareRow[];
  readonly pause: PauseRow | null;
}

/** Of what is left of a day's calls one process is given so much at a time, so that all of them come to the end of it together. */
const DAY_PART = 20;
const DAY_BLOCK = 200;

/** Moves units between what is free and one process. The shares never add up to more than the limits. Throws `StoreError`. */
export async function turnShares(trx: Db, ask: ShareAsk): Promise<ShareAnswer> {
  const { system, holder, limits } = ask;
  const { turn, pause } = await nextTurn(trx, system);
  for (const gone of ask.stale) await trx('call_shares').where({ system, holder: gone.holder, beat: gone.beat }).delete();
  const rows: ShareRow[] = await trx('call_shares').select('*').where({ system });
  const others = rows.filter((row) => row.holder !== holder);
  const mine = rows.find((row) => row.holder === holder);
  // Whoever was taken for dead has lost his share, and asks for all of it anew.
  const keeps = mine === undefined ? { slots: 0, permits: 0 } : ask.keeps;
  const wants = { slots: ask.wants.slots + ask.keeps.slots - keeps.slots, permits: ask.wants.permits + ask.keeps.permits - keeps.permits };
  const waitsSlots = mine?.waits_slots ?? null;
  const waitsPermits = mine?.waits_permits ?? null;
  const slots = keeps.slots + grant(limits.slots, keeps.slots, wants.slots, others, 'slots', waitsSlots);
  // A permit is of use only to a process that has a slot: so two never wait for each other's half.
  const mayPermit = slots > 0 ? wants.permits : 0;
  const permits = keeps.permits + grant(limits.permits, keeps.permits, mayPermit, others, 'permits', waitsPermits);
  if (slots + permits + wants.slots + wants.permits === 0) {
    await trx('call_shares').where({ system, holder }).delete();
  } else {
    const row = {
      slots,
      permits,
      wants_slots: Math.max(0, wants.slots - (slots - keeps.slots)),
      wants_permits: slots > 0 ? Math.max(0, wants.permits - (permits - keeps.permits)) : 0,
      waits_slots: slots === 0 && wants.slots > 0 ? (waitsSlots ?? turn) : null,
      waits_permits: slots > 0 && permits === 0 && wants.permits > 0 ? (waitsPermits ?? turn) : null,
      beat: (mine?.beat ?? turn) + 1,
      seen_at: ask.now,
    };
    if (mine === undefined) await trx('call_shares').insert({ system, holder, ...row });
    else await trx('call_shares').where({ system, holder }).update(row);
  }
  const day = ask.day === null ? { calls: 0, dayLeft: 0 } : await turnDay(trx, system, ask.day);
  return { slots, permits, ...day, others, pause };
}

/** The row of the system is locked from here to the end of the transaction. */
async function nextTurn(trx: Db, system: string): Promise<{ turn: number; pause: PauseRow | null }> {
  if ((await trx('call_budgets').where({ system }).increment('turn', 1)) === 0) {
    await trx('call_budgets').insert({ system, turn: 0 }).onConflict().ignore();
    await trx('call_budgets').where({ system }).increment('turn', 1);
  }
  const row = await trx('call_budgets').where({ system }).first('turn', 'paused_at', 'paused_by', 'note');
  const { paused_at, paused_by, note } = row;
  return { turn: Number(row.turn), pause: paused_at === null ? null : { paused_at: Number(paused_at), paused_by, note } };
}

/** How many units each process may keep while all of them want some; at least one, which they then have in turns. */
export function fairShare(limit: number, others: readonly ShareRow[]): number {
  const active = others.filter((row) => row.slots + row.permits + row.wants_slots + row.wants_permits > 0);
  return Math.max(1, Math.floor(limit / (active.length + 1)));
}

/** How many free units it gets. Up to the fair share those who have none and waited longer come first; beyond it all others do. */
function grant(limit: number, keeps: number, wants: number, others: readonly ShareRow[], unit: keyof Units, waits: number | null): number {
  const free = limit - keeps - others.reduce((sum, row) => sum + row[unit], 0);
  if (wants <= 0 || free <= 0) return 0;
  const ahead = others.filter((row) => {
    const since = row[`waits_${unit}`];
    return since !== null && (waits === null || since < waits);
  }).length;
  const fair = fairShare(limit, others);
  const first = Math.max(0, Math.min(wants, free - ahead, fair - keeps));
  const reserved = others.reduce((sum, row) => sum + Math.min(row[`wants_${unit}`], Math.max(0, fair - row[unit])), 0);
  return first + Math.max(0, Math.min(wants - first, free - first - reserved));
}

async function turnDay(trx: Db, system: string, ask: DayAsk): Promise<{ calls: number; dayLeft: number }> {
  if (ask.unused > 0) await trx('call_days').where({ system, day: ask.unusedDay }).decrement('used', ask.unused);
  const row = await trx('call_days').where({ system, day: ask.day }).first('used');
  const left = Math.max(0, ask.limit - Number(row?.used ?? 0));
  const calls = Math.min(left, ask.wants === 0 ? 0 : Math.max(1, Math.min(DAY_BLOCK, Math.floor(left / DAY_PART))));
  if (calls > 0) {
    if (row === undefined) await trx('call_days').insert({ system, day: ask.day, used: calls });
    else await trx('call_days').where({ system, day: ask.day }).increment('used', calls);
  }
  return { calls, dayLeft: left - calls };
}

/** Pauses a system for every process, or lets it go on. Answers whether that changed anything. */
export async function setPause(trx: Db, system: string, pause: PauseRow | null): Promise<boolean> {
  const before = (await nextTurn(trx, system)).pause;
  if ((before === null) === (pause === null)) return false;
  await trx('call_budgets')
    .where({ system })
    .update(pause ?? { paused_at: null, paused_by: null, note: null });
  return true;
}

/** The pauses there are, by system. */
export async function allPauses(trx: Db): Promise<ReadonlyMap<string, PauseRow>> {
  const rows: (PauseRow & { system: string })[] = await trx('call_budgets').select('system', 'paused_at', 'paused_by', 'note').whereNotNull('paused_at');
  return new Map(rows.map(({ system, ...pause }) => [system, pause]));
}

/** Calls given out on a day, by system. */
export async function callsOfDay(trx: Db, days: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, number>> {
  const rows: { system: string; day: string; used: number }[] = await trx('call_days')
    .select('system', 'day', 'used')
    .whereIn('day', [...new Set(days.values())]);
  return new Map(rows.filter(({ system, day }) => days.get(system) === day).map(({ system, used }) => [system, Number(used)]));
}

/** What all processes together hold of a system now. */
export async function sharesNow(trx: Db): Promise<readonly ShareRow[]> {
  return trx('call_shares').select('*');
}
