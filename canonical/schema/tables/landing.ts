/** What the vendors said: systems, records with stamps and views, identity keys, quarantine, checkpoints. */
import { big, flag, instant, int, json, key, short, type TableSpec, table, text } from '../table.ts';

const systems = table(
  'systems',
  "One installation of a vendor's product, as configured.",
  {
    id: int('Small number that stands for the system in other tables.'),
    name: key('Name in the configuration.'),
    vendor: short('The vendor whose product it is.', 40),
    created_at: instant('When it was first seen in a configuration.'),
  },
  { primary: ['id'], unique: [['name']] },
);

const records = table(
  'records',
  'The latest body of what one system says of one thing, with its stamps and the view decoded from it.',
  {
    id: big('Number given by us; links, keys and ledger entries refer to it.'),
    system_id: int('System that said it.'),
    stream: short('Stream of the system.', 24),
    record_key: key("The vendor's key, as text."),
    parent_stream: short('Stream of the record it hangs on.', 24, { nullable: true }),
    parent_key: key("Key of the record it hangs on (a card's client).", { nullable: true }),
    state: short(
      'live; pending: made by us, not read yet; quarantined: seen, but not usable (body and view are the last good ones, if any); missing: absent from the last snapshot; deleted.',
      12,
    ),
    misses: int('Complete snapshots without it, since it was last seen.', { default: 0 }),
    body: json('The body as it arrived, by wire names.', { nullable: true }),
    view: json('Canonical values decoded from the body, by field.', { nullable: true }),
    digest: short('Digest of the body and of the bodies read with it as one unit: an equal digest is an unchanged unit.', 22),
    parts: short('What else is in that unit, by stream: cards:2,bonuses:1. Empty text: nothing; null: the record is no root of a unit.', 191, {
      nullable: true,
    }),
    changed_at: instant("The vendor's own time of the last change.", { nullable: true }),
    stamp_after: instant("The body's values last changed after this; empty when first seen.", { nullable: true }),
    stamp_not_after: instant("The body's values last changed not after this."),
    stamp_how: short('How that is known: vendor, readings, first-seen.', 10),
    stamps: json(
      "Stamps that differ from the record's, by wire path: {path: [after, notAfter, how]}, or {path: {field: [after, notAfter, how]}} where several fields read one path.",
      { nullable: true },
    ),
    facets: json('When each facet was last read, or with ! after its name tried in vain: {facet: UTC ms}.', { nullable: true }),
    read_at: instant('When the reading that last changed it ended.'),
    first_run: big('Run that first saw it.'),
    change_seq: big('Position in the order of all changes; the resolver goes on from the last it has seen.'),
  },
  {
    primary: ['id'],
    unique: [['system_id', 'stream', 'record_key']],
    indexes: [['change_seq'], ['system_id', 'stream', 'state'], ['system_id', 'parent_stream', 'parent_key']],
  },
);

const recordKeys = table(
  'record_keys',
  'What a record can be recognised by: phones, e-mail addresses, card numbers, hashed for look-up.',
  {
    hash: big('52-bit hash of kind and value; equal values are verified in the views.'),
    record_id: big('The record.'),
  },
  { primary: ['hash', 'record_id'] },
);

const quarantine = table(
  'quarantine',
  'Records set aside, with the reason. The state of the record itself says whether it still is.',
  {
    id: big('Number given by us.'),
    system_id: int('System that sent it.'),
    stream: short('Stream of the system.', 24),
    record_key: key("The vendor's key; a digest of the body where none could be made out."),
    body: json('The body as it arrived.'),
    digest: short('Digest of the body, to recognise it when it comes again.', 22),
    code: short('Error code.', 40),
    field: text('Wire path or canonical field that failed.'),
    rule: text('What was expected, without values.'),
    place: text("File and line of the mapping, where it is a mapping's rule.", { nullable: true }),
    state: short('open, cured, gone.', 8),
    first_run: big('Run that set it aside.'),
    first_at: instant('When.'),
    last_at: instant('When it was last seen so.'),
    acknowledged: flag('A person has seen it (status --ack).', { default: 0 }),
  },
  { primary: ['id'], unique: [['system_id', 'stream', 'record_key']], indexes: [['state']] },
);

const checkpoints = table(
  'checkpoints',
  'Where each reading goes on from, and when it was last whole. Saved with the batch that it follows.',
  {
    system_id: int('System.'),
    reading: short('Reading of the system.', 40),
    position: json("The connector's own position; empty: from the start.", { nullable: true }),
    batch_began: instant('When the last committed batch was asked for.', { nullable: true }),
    snapshot_began: instant('When the last complete snapshot began.', { nullable: true }),
    snapshot_run: big('Run that completed it.', { nullable: true }),
    snapshots: int('Complete snapshots so far.', { default: 0 }),
  },
  { primary: ['system_id', 'reading'] },
);

const mappingVersions = table(
  'mapping_versions',
  'Every version of a mapping that was ever activated, as it was: its source, and what it was compiled with. Runs use the active ones.',
  {
    id: big('Number given by us.'),
    activation: big('Number of the activation that brought it; versions activated together share it, and are rolled back together.'),
    system_id: int('System.'),
    stream: short('Stream.', 24),
    version: short('Hash of the mapping and everything it was compiled with.', 22),
    source: text('Text of the mapping file.'),
    file: text('Where it was read.'),
    options: json('What else it was compiled with: zone, look-ups, settings, overrides. Never a secret.'),
    shipped: text('The shipped mapping of that vendor and stream at that time; empty where there is none.', { nullable: true }),
    author: text('Who activated it.'),
    activated_at: instant('When.'),
    note: text('Why, in the words of whoever did.', { nullable: true }),
    replaces: big('The version before it; empty for the first of its stream.', { nullable: true }),
    state: short('active; former: another came after it; rolled-back: it was taken back.', 12),
    run_id: big('Run that activated it.'),
    marks: json('Where we stood when the activation was done: {next: {name: number}, at, undo, cursors}. What has a later number or time came after it.'),
  },
  { primary: ['id'], indexes: [['system_id', 'stream', 'state'], ['activation']] },
);

const mappingUndo = table(
  'mapping_undo',
  'What an activation changed, table by table, so that it can be taken back to the byte. Emptied when it is rolled back, and after ten more activations.',
  {
    activation: big('The activation.'),
    position: int('Order within it.'),
    table_name: short('Table.', 48),
    changed: json(
      '[key, what, before, left] of each row: inserted, updated or deleted; the cells that were otherwise; a digest of the row as the activation left it: another one means that somebody changed it since.',
    ),
  },
  { primary: ['activation', 'position'] },
);

export const LANDING_TABLES: readonly TableSpec[] = [systems, records, recordKeys, quarantine, checkpoints, mappingVersions, mappingUndo];
