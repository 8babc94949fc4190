/** What an activation changes, or would, as tables. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { Changes } from '../../../pipeline/activation/changes.ts';
import type { HistoryEntry, ShownActivation, ShownExample, ShownRollback } from '../../console/mapping-life.ts';
import { countsOf } from './report.ts';
import { blocks, count, seconds, section, table, when } from './table.ts';

export function activationText(report: ShownActivation): string {
  const done = report.activation !== null;
  return blocks(
    section(
      'Mappings',
      table(
        ['system', 'stream', 'active', done ? 'now' : 'edited', 'records', 'file'],
        report.streams.map((one) => [one.system, one.stream, one.from ?? '(none)', one.to, one.records, one.file]),
        { right: [4], maxWidth: 70 },
      ),
    ),
    changesText(report, done),
    report.notes.map((note) => picocolors.yellow(note)).join('\n'),
    activationSummary(report),
  );
}

function activationSummary(report: ShownActivation): string {
  if (report.activation === null)
    return report.changes
      ? `nothing was written; \`sverka mapping activate\` ${report.sample === null ? 'does exactly this' : 'does this with all records'} (looked for ${seconds(report.ms)})`
      : `nothing changes (looked for ${seconds(report.ms)})`;
  const waiting = waitingOf(report);
  const next = waiting === 0 ? 'nothing has to be sent' : `${count(waiting, 'change')} for the systems wait: sverka apply --activation ${report.activation}`;
  return `activation ${report.activation}: done in ${seconds(report.ms)}; ${next}; sverka mapping rollback takes it back`;
}

/** Operations that wait for a person because of it. */
export const waitingOf = ({ operations }: Pick<Changes, 'operations'>): number =>
  operations.filter(({ what }) => what === 'new' || what === 'changed').reduce((sum, one) => sum + one.count, 0);

export function rollbackText(report: ShownRollback): string {
  const why = report.exact
    ? picocolors.green(`activation ${report.activation} was taken back: every table is as it was before it`)
    : picocolors.yellow(
        report.anew === null
          ? `activation ${report.activation} was taken back by working with the former mapping again, because ${report.why ?? ''}`
          : `activation ${report.activation} was taken back: ${report.why ?? ''}, so ${count(report.anew, 'record')} that this concerns went through the former mapping again; all else is as it was before it`,
      );
  const waiting = waitingOf(report);
  const next =
    report.exact || waiting === 0 ? '' : `${count(waiting, 'change')} that undo it wait: sverka plan --list, sverka apply --activation ${report.activation}`;
  return blocks(
    section(
      'Mappings',
      table(
        ['system', 'stream', 'taken back', 'active again'],
        report.streams.map((one) => [one.system, one.stream, one.from, one.to ?? '(none: the next sync activates what it finds)']),
      ),
    ),
    report.exact ? '' : changesText(report, true),
    why,
    next,
  );
}

function changesText(report: Changes & { readonly examples: readonly ShownExample[] }, done: boolean): string {
  const did = (past: string, future: string): string => (done ? past : future);
  return blocks(
    section(
      did('Views that say something else now', 'Views that would say something else'),
      table(
        ['system', 'stream', 'records', 'only times', 'fields, with how many records each'],
        report.views.map((one) => [one.system, one.stream, one.changed, one.restamped || null, countsOf(one.fields)]),
        { right: [2, 3], maxWidth: 100 },
      ),
    ),
    section('Examples', examplesText(report.examples)),
    section(
      did('Set aside, and cured', 'Would be set aside, and cured'),
      table(
        ['system', 'stream', 'set aside', 'cured'],
        report.quarantine.map((one) => [one.system, one.stream, one.added, one.cured]),
        { right: [2, 3] },
      ),
    ),
    section(
      did('Entities that changed', 'Entities that would change'),
      table(
        ['', 'new', 'changed', 'gone', 'fields, with how many entities each'],
        report.entities.map((one) => [one.entity, one.created, one.changed, one.removed, countsOf(one.fields)]),
        { right: [1, 2, 3], maxWidth: 100 },
      ),
    ),
    section(
      did('What is to be sent, and waits for approval', 'What would be to be sent, after approval'),
      table(
        ['system', 'stream', 'action', '', 'operations', 'fields, with how many operations each'],
        report.operations.map((one) => [one.system, one.stream, one.action, one.what, one.count, countsOf(one.fields)]),
        { right: [4], maxWidth: 100 },
      ),
    ),
    accountsText(report.accounts, done),
    report.reviews.opened + report.reviews.closed > 0 ? `reviews: ${report.reviews.opened} opened, ${report.reviews.closed} closed` : '',
  );
}

function accountsText({ programme, amount, opened, entries }: Changes['accounts'], done: boolean): string {
  const parts = [
    programme > 0 ? `${programme} ${done ? 'went' : 'would go'} over to another programme, with all that was booked in them` : '',
    amount > 0 ? `${amount} ${done ? 'open' : 'would open'} with another amount` : '',
    opened > 0 ? `${opened} ${done ? 'were' : 'would be'} opened` : '',
    entries > 0 ? `${entries} ${done ? 'were' : 'would be'} corrected by an entry` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `bonus accounts: ${parts.join('; ')}`;
}

function examplesText(examples: readonly ShownExample[]): string {
  const shown = (text: string): string => escapeForTerminal(text) || picocolors.dim('(empty)');
  return examples
    .map(({ system, stream, key, field, before, after }) => `  ${system}/${stream}/${escapeForTerminal(key)} ${field}: ${shown(before)} → ${shown(after)}`)
    .join('\n');
}

export function historyText(entries: readonly HistoryEntry[]): string {
  return table(
    ['version', 'activation', 'mapping', 'hash', 'state', 'when (UTC)', 'by', 'note'],
    entries.map((one) => [one.id, one.activation, `${one.system}/${one.stream}`, one.version, one.state, when(one.at), one.author, one.note]),
    { right: [0, 1] },
  );
}
