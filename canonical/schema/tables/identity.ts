/** Which record speaks of which entity, and what people decided of it. */
import { big, instant, int, json, key, short, type TableSpec, table, text } from '../table.ts';

const links = table(
  'links',
  'Which entity a record speaks of, and by which rule that was decided.',
  {
    record_id: big('The record.'),
    entity: short('client, card, cardType.', 8),
    entity_id: big('The entity.'),
    rule: short('single, own-create, person, reference, card, contact.', 12),
    evidence: json('What the decision rests on, by record ids and kinds of evidence, without values.', { nullable: true }),
    run_id: big('Run that decided it.'),
  },
  { primary: ['record_id'], indexes: [['entity_id', 'entity']] },
);

const tombstones = table(
  'tombstones',
  'Keys deleted in a system: that entity is not created there again unless a person says so.',
  {
    system_id: int('System.'),
    stream: short('Stream.', 24),
    record_key: key('The deleted key.'),
    entity: short('client, card, cardType.', 8),
    entity_id: big('The entity it spoke of.'),
    noted_at: instant('When the deletion was established.'),
    how: text("Vendor's own word, find, or snapshots without it."),
  },
  { primary: ['system_id', 'stream', 'record_key'], indexes: [['entity_id', 'entity']] },
);

const formerClients = table(
  'former_clients',
  'Numbers of clients that were merged into others: whoever still names one means the client who has its records now.',
  {
    id: big('The number that is no more.'),
    client_id: big('The client it was merged into.'),
    run_id: big('Run that merged them.'),
  },
  { primary: ['id'], indexes: [['client_id']] },
);

const identityDecisions = table(
  'identity_decisions',
  'What people said of two records: the same person, or different ones. Facts for every later matching.',
  {
    record_a: big('The record with the smaller number.'),
    record_b: big('The other one.'),
    verdict: short('same, different.', 10),
    decided_by: text('Who.'),
    decided_at: instant('When.'),
    note: text('Why.', { nullable: true }),
  },
  { primary: ['record_a', 'record_b'], indexes: [['record_b']] },
);

const overrides = table(
  'overrides',
  'Values a person laid down; they win over every policy.',
  {
    entity: short('client, card, cardType; account: a choice about the opening balances of a client.', 8),
    entity_id: big('The entity.'),
    field: key('Canonical field.'),
    value: json('The value.'),
    decided_by: text('Who.'),
    decided_at: instant('When.'),
  },
  { primary: ['entity', 'entity_id', 'field'] },
);

export const IDENTITY_TABLES: readonly TableSpec[] = [links, tombstones, formerClients, identityDecisions, overrides];
