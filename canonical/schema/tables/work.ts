/** What is to be done and what was done: runs, operations, pushed values, reviews, and what vendors call back about. */
import { big, flag, instant, int, json, key, short, type TableSpec, table, text } from '../table.ts';

const runs = table(
  'runs',
  'Executions of a job.',
  {
    id: big('Number given by us.'),
    job: short('sync, plan, migrate, apply, replay, activate, rollback.', 16),
    name: short('Job of the configuration that it executes; empty: asked for on the command line.', 40, { nullable: true }),
    due_at: instant('When it was due.', { nullable: true }),
    scope: json('Systems and streams it covered, and how it was asked for.'),
    state: short('running, done, waiting: done but something new waits for a person, failed, interrupted, skipped: due but by policy not executed.', 12),
    started_at: instant('When it began.'),
    ended_at: instant('When it ended.', { nullable: true }),
    counts: json('Counts by system and stream; they add up: read = new + changed + unchanged + quarantined.'),
    problems: json('Errors that stopped a system or stream: code, system, message without values.', { nullable: true }),
    acknowledged: flag('A person has seen what waits (status --ack).', { default: 0 }),
    cancelled_by: text('Who asked it to stop (run cancel).', { nullable: true }),
  },
  { primary: ['id'], indexes: [['started_at'], ['state']] },
);

const operations = table(
  'operations',
  'One change to make in one system. Operations that nobody has approved are a plan.',
  {
    id: big('Number given by us.'),
    run_id: big('Run that planned it.'),
    system_id: int('System to change.'),
    stream: short('Stream to change.', 24),
    action: short('create, update, delete, adjust; load: all of the stream cleared and filled anew.', 8),
    entity: short('client, card, cardType, account.', 8),
    entity_id: big('The entity; for an account its client; 0 for a load.'),
    programme_id: big('Bonus programme of an adjustment; 0 otherwise.', { default: 0 }),
    record_id: big('The record to change; empty for a create.', { nullable: true }),
    changes: json('By canonical field: {before, after}; for an adjustment {balance: {before, after}}.'),
    reason: json('Which system and rule each new value comes from.', { nullable: true }),
    state: short('proposed, ready, sending, accepted, unknown, retry, held, unsupported, applied, unchanged, rejected, stale, withdrawn.', 12),
    why: text('Why it is held, refused or stale: a code and words without values.', { nullable: true }),
    needs_person: flag('It waits for a person, not for another run.', { default: 0 }),
    approved_by: text('Who approved it; empty: the configuration.', { nullable: true }),
    moved_from: int('System out of which a migration moves it; empty: the configuration asks for it.', { nullable: true }),
    activation: big('Activation of a mapping that it comes of: it is sent only when a person approves it; empty: it comes of the records.', {
      nullable: true,
    }),
    idempotency_key: short('Sent with it where the vendor takes one; the same on every repetition.', 36),
    handle: text("The vendor's or our name for an operation that was accepted, or is about to leave under it.", { nullable: true }),
    notices: json("Warnings that came with the vendor's answer.", { nullable: true }),
    attempts: int('Times it was sent.', { default: 0 }),
    not_before: instant('Not to be sent again before this.', { nullable: true }),
    sent_at: instant('When it was last sent.', { nullable: true }),
    answered_at: instant('When its outcome was known.', { nullable: true }),
    created_at: instant('When it was planned.'),
    changed_at: instant('When its state last changed.'),
  },
  { primary: ['id'], indexes: [['state', 'system_id'], ['entity_id', 'entity'], ['run_id'], ['record_id'], ['activation']] },
);

const pushes = table(
  'pushes',
  'What we pushed into a field of a record and what the vendor itself had said before: what is held there and what is said differ by it.',
  {
    record_id: big('The record.'),
    field: key('Canonical field.'),
    sent: json('Value as sent, in our words.'),
    holds: json("What is stored there now: what we sent, or the vendor's rendition of it."),
    before: json('Value held there before.', { nullable: true }),
    said: json('The last value the vendor itself gave; empty: it never did.', { nullable: true }),
    said_known: flag('The vendor itself has given a value (which may be empty).'),
    stamp: json('Stamp of that value: [after, notAfter, how].', { nullable: true }),
    state: short('sent: not read back yet; held: read back; again: ignored once, to be sent again; ignored: the vendor ignores this field.', 8),
    sends: int('Times the same value was sent.'),
    sent_at: instant('When the request was sent.'),
    answered_at: instant('When its answer came; readings begun before are ignored for this field.'),
    operation_id: big('Operation that sent it.'),
  },
  { primary: ['record_id', 'field'] },
);

const parkedPushes = table(
  'parked_pushes',
  'Values of ours that a change of a mapping took out of sight or rewrote, as they were: taken up again when a line reads them as ours once more. Nothing else looks at them.',
  {
    record_id: big('The record.'),
    field: key('Canonical field that it was in.'),
    push: json('The row of `pushes` as it was.'),
    wires: json('What it stood for in the wire fields that the field was read from: {said, sent, holds, before, empty}.'),
    operation_id: big('Operation that sent it.'),
    parked_at: instant('When.'),
  },
  { primary: ['record_id', 'field'] },
);

const pushLog = table(
  'push_log',
  'Every delivery of a field in the last days: three of the same field in seven days without a reason stop it.',
  {
    operation_id: big('Operation.'),
    record_id: big('Record.'),
    field: key('Canonical field.'),
    sent_at: instant('When.'),
    cause: short("Digest of the value's source: the same cause again is ping-pong.", 22),
  },
  { primary: ['operation_id', 'record_id', 'field'], indexes: [['record_id', 'field']] },
);

const reviews = table(
  'reviews',
  'Decisions that wait for a person.',
  {
    id: big('Number given by us.'),
    kind: short('match, duplicate, value, opening, push-loop, ignored-field, lost-write.', 16),
    subject: key('What it is about; one open review for a subject.'),
    entity: short('client, card, cardType, account.', 8, { nullable: true }),
    entity_id: big('Entity it is about.', { nullable: true }),
    record_a: big('First record.', { nullable: true }),
    record_b: big('Second record.', { nullable: true }),
    question: json('Evidence and choices, by ids, fields and kinds of evidence, without values.'),
    state: short('open, decided, moot: the question fell away.', 8),
    answer: text('The decision.', { nullable: true }),
    decided_by: text('Who.', { nullable: true }),
    decided_at: instant('When.', { nullable: true }),
    run_id: big('Run that asked.'),
    asked_at: instant('When.'),
    acknowledged: flag('A person has seen it (status --ack).', { default: 0 }),
  },
  { primary: ['id'], unique: [['subject']], indexes: [['state'], ['record_a'], ['record_b'], ['entity_id']] },
);

const notices = table(
  'notices',
  'Ids that were sent to a vendor which calls back about them, and what it called back: hints, never the last word.',
  {
    system_id: big('System it was sent to.'),
    id: key('The id that was sent.'),
    reply: key('The id with which the first call back is answered.'),
    batch: key('What was sent together.'),
    topic: key('What a call without an id names: a shop.'),
    told: text('What was called back so far, in the form of the connector.', { nullable: true }),
    closed: flag('Nothing more is waited for.', { default: 0 }),
    issued_at: instant('When it was sent.'),
    told_at: instant('When something was called back last.', { nullable: true }),
  },
  {
    primary: ['system_id', 'id'],
    indexes: [
      ['system_id', 'reply'],
      ['system_id', 'batch'],
      ['system_id', 'topic', 'closed'],
    ],
  },
);

export const WORK_TABLES: readonly TableSpec[] = [runs, operations, pushes, parkedPushes, pushLog, reviews, notices];
