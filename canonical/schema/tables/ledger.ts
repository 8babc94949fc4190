/** Bonus balances: programmes, accounts as observed in each system, and the immutable entries. */
import { big, instant, json, key, minor, short, type TableSpec, table, text } from '../table.ts';

const bonusProgrammes = table(
  'bonus_programmes',
  'Bonus programmes by their names in the configuration.',
  { id: big('Number given by us.'), name: key('Name.') },
  { primary: ['id'], unique: [['name']] },
);

const bonusAccounts = table(
  'bonus_accounts',
  'A bonus account in one system: what it showed, and how much of that is booked. Belongs to a client through the links of its record.',
  {
    record_id: big("The account's record."),
    programme_id: big('Bonus programme.'),
    origin: short('opening: it had a history before we first saw it; new: it began at zero under our eyes; own: we opened it.', 8),
    opening: minor('Balance when first seen, in hundredths; counted by the opening policy.'),
    agreed: minor('The last reading that was booked plus our confirmed adjustments, in hundredths.'),
    observed: minor('The last balance the system showed, in hundredths.'),
    observed_began: instant('When the reading of that balance began.'),
    owed: minor('Part of a negative canonical balance that the system cannot hold, in hundredths.', { default: 0 }),
  },
  { primary: ['record_id'] },
);

const bonusEntries = table(
  'bonus_entries',
  'The ledger: immutable movements seen in a system. Corrections are counter-entries.',
  {
    id: big('Number given by us.'),
    account_id: big('Account (record) in which the movement was seen.'),
    kind: short("movement: earned or spent there; correction: a person's counter-entry; transfer: counter-entry for a card that changed its owner.", 10),
    amount: minor('Points in hundredths; negative when spent.'),
    after: instant('It happened after this.', { nullable: true }),
    not_after: instant('It happened not after this.'),
    run_id: big('Run that booked it.'),
    evidence: json('Balances before and after, and the operation it settles, if any.', { nullable: true }),
    note: text('Why, for corrections.', { nullable: true }),
  },
  { primary: ['id'], indexes: [['account_id']] },
);

export const LEDGER_TABLES: readonly TableSpec[] = [bonusProgrammes, bonusAccounts, bonusEntries];
