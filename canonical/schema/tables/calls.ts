/** What the processes share about calls to vendors. In SQLite a file of its own beside the store's, so that a dry run, which is undone whole, cannot undo what was called. */
import { big, instant, int, key, short, type TableSpec, table, text } from '../table.ts';

const callBudgets = table(
  'call_budgets',
  'Calls to one system: its row is locked while shares move between processes, and says whether a person has paused it. SQLite: in the file STORE-calls.',
  {
    system: key('Name of the system in the configuration.'),
    turn: big('Grows with every change of the shares; the order in which processes wait.'),
    paused_at: instant('When a person paused the system; empty: it is not paused.', { nullable: true }),
    paused_by: text('Who.', { nullable: true }),
    note: text('Why.', { nullable: true }),
  },
  { primary: ['system'] },
);

const callShares = table(
  'call_shares',
  'How many of the calls to a system each process may make now. The shares of a system never add up to more than its limits. SQLite: in the file STORE-calls.',
  {
    system: key('Name of the system.'),
    holder: key('The process: host/pid/random.'),
    slots: int('Calls that it may have under way at one time.'),
    permits: int('Calls that it may make within one window of the rate.'),
    wants_slots: int('Slots that it could use beyond these.'),
    wants_permits: int('Permits that it could use beyond these.'),
    waits_slots: big('Turn since when it has waited with no slot at all.', { nullable: true }),
    waits_permits: big('Turn since when it has waited with no permit at all.', { nullable: true }),
    beat: big('Grows with every sign of life: a share whose beat stands still is taken back, without comparing clocks.'),
    seen_at: instant("Last sign of life by the holder's own clock."),
  },
  { primary: ['system', 'holder'] },
);

const callDays = table(
  'call_days',
  'Calls given out by day, for systems with a daily quota. SQLite: in the file STORE-calls.',
  {
    system: key('Name of the system.'),
    day: short('YYYY-MM-DD in the zone of the system.', 10),
    used: int('Calls given out to processes, less those given back.'),
  },
  { primary: ['system', 'day'] },
);

export const CALL_TABLES: readonly TableSpec[] = [callBudgets, callShares, callDays];
