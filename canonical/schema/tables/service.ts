/** What processes that share a store agree on: who works, what is due, how far they came, what people were told. */
import { big, flag, instant, int, key, short, type TableSpec, table, text } from '../table.ts';

const leases = table(
  'leases',
  'Who works on what now. A token grows with every holder and is checked in the transaction of the effect.',
  {
    name: key('What is leased: `store`, or `job:<name>`.'),
    owner: text('Process that holds it.'),
    token: big('Fencing token.'),
    expires_at: instant('When it may be taken over.'),
  },
  { primary: ['name'] },
);

const jobs = table(
  'jobs',
  'What was decided about the jobs of the configuration: shared by all processes that serve this store.',
  {
    name: short('Job.', 40),
    basis: short('Digest of schedule and zone; under another one nothing before now is missed.', 22),
    decided_until: instant('Every time of the schedule up to here has been dealt with; it never goes back, whatever the clock does.'),
    due_at: instant('It waits to be started, since then.', { nullable: true }),
    cause: short('Why: schedule, catch-up, file, callback, after, person.', 12, { nullable: true }),
    running_since: instant('It is being executed under the lease `job:<name>`.', { nullable: true }),
    run_id: big('Its last run.', { nullable: true }),
    began_at: instant('When it was last started.', { nullable: true }),
    succeeded_at: instant('When a run of it last ended well.', { nullable: true }),
    skip_id: big('Entry in runs that counts what is skipped; empty once it was started again.', { nullable: true }),
    seen_file: text('Time and size of the trigger file that last started it.', { nullable: true }),
  },
  { primary: ['name'] },
);

const cursors = table(
  'cursors',
  'How far the resolver and the planner have come in the order of changes.',
  {
    name: key('`resolve`, or `plan:<system>:<stream>`.'),
    seq: big('Last position dealt with.'),
    basis: short('Digest of the policies it was done under; another digest starts again.', 22, { nullable: true }),
  },
  { primary: ['name'] },
);

const sequences = table(
  'sequences',
  'Next free numbers, taken in blocks.',
  { name: key('What is numbered.'), next: big('Next free number.') },
  { primary: ['name'] },
);

const alerts = table(
  'alerts',
  'What people were told of: each trouble once until it changes or is over. Codes, names and counts; never values of people.',
  {
    subject: key('What it is about: `job:<name>`, `run:<kind>`, `waiting:<what>`, `system:<name>`.'),
    print: key('What of it, in short: another print is another message. Empty: it is over.'),
    text: text('The message.'),
    since: instant('Since when the trouble stands.'),
    changed_at: instant('When the print last changed.'),
    due: flag('The message has not been delivered yet.'),
    told: flag('An earlier message about it was delivered.', { default: 0 }),
    attempts: int('Deliveries that failed.', { default: 0 }),
    not_before: instant('Not to be delivered before this: another process is at it, or the last delivery failed.'),
    last_fault: short('Code of the last failure of a delivery.', 100, { nullable: true }),
  },
  { primary: ['subject'] },
);

export const SERVICE_TABLES: readonly TableSpec[] = [leases, jobs, cursors, sequences, alerts];
