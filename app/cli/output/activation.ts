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
      ? `nothing was written; \`sverka mapping activate\` ${report.sample === null ? `does exactly this; ${report.toSend === 0 ? 'nothing would wait for approval because of it' : `${count(report.toSend, 'change')} for the systems would wait for approval`}` : 'does this with all records'} (looked for ${seconds(report.ms)})`
      : `nothing changes (looked for ${seconds(report.ms)})`;
  const next = report.toSend === 0 ? 'nothing waits for approval because of it' : `${waitText(report)}: sverka apply --activation ${report.activation}`;
  return `activation ${report.activation}: done in ${seconds(report.ms)}; ${next}; sverka mapping rollback takes it back`;
}

const waitText = ({ toSend }: Pick<Changes, 'toSend'>): string => `${count(toSend, 'change')} for the systems ${toSend === 1 ? 'waits' : 'wait'}`;

/** Operations that wait for a person because of it. What a system cannot take does not wait. */
export const waitingOf = ({ operations, toSend }: Pick<Changes, 'operations' | 'toSend'>): number =>
  operations.filter(({ what, state }) => what === 'new' && state === 'held').reduce((sum, one) => sum + one.count, toSend);

export function rollbackText(report: ShownRollback): string {
  const why = report.exact
    ? picocolors.green(`activation ${report.activation} was taken back: every table is as it was before it`)
    : picocolors.yellow(
        report.anew === null
          ? `activation ${report.activation} was taken back by working with the former mapping again, because ${report.why ?? ''}`
          : `activation ${report.activation} was taken back: ${report.why ?? ''}, so ${count(report.anew, 'record')} that this concerns went through the former mapping again; all else is as it was before it`,
      );
  const { toSend } = report;
  const next =
    report.exact || toSend === 0
      ? ''
      : `${count(toSend, 'change')} that ${toSend === 1 ? 'undoes it waits' : 'undo it wait'}: sverka plan --list, sverka apply --activation ${report.activation}`;
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

type Shown = Changes & Pick<ShownActivation, 'examples' | 'entityExamples' | 'operationExamples'>;

function changesText(report: Shown, done: boolean): string {
  const did = (past: string, future: string): string => (done ? past : future);
  return blocks(
    section(
      did('Views that say something else now', 'Views that would say something else'),
      table(
        ['system', 'stream', 'records', 'only times', 'fields, with how many records each'],
        report.views
          .filter(({ changed, restamped }) => changed + restamped > 0)
          .map((one) => [one.system, one.stream, one.changed, one.restamped || null, fieldsOf(one)]),
        { right: [2, 3], maxWidth: 100 },
      ),
    ),
    timesText(report.views, done),
    section('Examples', examplesText(report.examples)),
    section(
      did('Set aside, and cured', 'Would be set aside, and cured'),
      table(
        ['system', 'stream', 'set aside', 'cured', 'what cannot be read, with how many records each'],
        report.quarantine.map((one) => [one.system, one.stream, one.added, one.cured, countsOf(one.fields)]),
        { right: [2, 3], maxWidth: 100 },
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
    section('Examples of entities', examplesText(report.entityExamples)),
    operationsText(report.operations, done),
    section('Examples of what is to be sent', examplesText(report.operationExamples)),
    accountsText(report.accounts, done),
    report.reviews.opened + report.reviews.closed > 0 ? `reviews: ${report.reviews.opened} opened, ${report.reviews.closed} closed` : '',
  );
}

/** Where many records only say empty instead of nothing, those with another value are told apart. */
function fieldsOf({ fields, values }: Changes['views'][number]): string {
  const sorted = Object.entries(fields).sort((a, b) => b[1] - a[1]);
  return sorted.map(([field, number]) => `${field} ${number}${values[field] === number ? '' : ` (${values[field] ?? 0} with a value)`}`).join(', ');
}

function timesText(views: Changes['views'], done: boolean): string {
  return views
    .filter(({ retimed }) => retimed > 0)
    .map(({ system, stream, retimed, untimed }) => {
      const none = untimed === 0 ? '' : `, ${untimed} of them as none`;
      return picocolors.yellow(`${system}/${stream}: the time of change ${done ? 'is' : 'would be'} read otherwise of ${count(retimed, 'record')}${none}`);
    })
    .join('\n');
}

const NOT_SENT = ['held', 'unsupported'];

function operationsText(operations: Changes['operations'], done: boolean): string {
  const some = (title: string, wanted: (state: string) => boolean): string =>
    section(
      title,
      table(
        ['system', 'stream', 'action', '', 'operations', 'fields, with how many operations each'],
        operations.filter(({ state }) => wanted(state)).map((one) => [one.system, one.stream, one.action, whatOf(one), one.count, countsOf(one.fields)]),
        { right: [4], maxWidth: 100 },
      ),
    );
  return blocks(
    some(done ? 'What is to be sent, and waits for approval' : 'What would be to be sent, after approval', (state) => !NOT_SENT.includes(state)),
    some(done ? 'What is held' : 'What would be held', (state) => state === 'held'),
    some(done ? 'What a system cannot take (listed once)' : 'What a system could not take (listed once)', (state) => state === 'unsupported'),
  );
}

/** A difference that was planned before stays part of the usual plan: approving the activation does not send it. */
const whatOf = ({ what, own, state }: Changes['operations'][number]): string =>
  own || what === 'withdrawn' || NOT_SENT.includes(state) ? what : `${what}, in the usual plan`;

function accountsText({ programme, amount, opened, entries }: Changes['accounts'], done: boolean): string {
  const parts = [
    programme > 0 ? `${programme} ${done ? 'went' : 'would go'} over to another programme, with all that was booked in them` : '',
    amount > 0 ? `${amount} ${done ? 'open' : 'would open'} with another amount` : '',
    opened > 0 ? `${opened} ${done ? 'were' : 'would be'} opened` : '',
    entries > 0 ? `${entries} ${done ? 'were' : 'would be'} corrected by an entry` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `bonus accounts: ${parts.join('; ')}`;
}

const UNSAID = ['(empty)', '(not said)', '(none)'];

function examplesText(examples: readonly ShownExample[]): string {
  const shown = (text: string): string => (UNSAID.includes(text) ? picocolors.dim(text) : escapeForTerminal(text));
  const where = ({ system, stream, action, entity, key }: ShownExample): string => {
    if (system === '') return `${entity} ${key}`;
    return action === '' ? `${system}/${stream}/${escapeForTerminal(key)}` : `${system}/${stream} ${action} of ${entity} ${key}:`;
  };
  return examples.map((one) => `  ${where(one)} ${one.field}: ${shown(one.before)} → ${shown(one.after)}`).join('\n');
}

export function historyText(entries: readonly HistoryEntry[]): string {
  return table(
    ['version', 'activation', 'mapping', 'hash', 'state', 'when (UTC)', 'by', 'note'],
    entries.map((one) => [one.id, one.activation, `${one.system}/${one.stream}`, one.version, one.state, when(one.at), one.author, one.note]),
    { right: [0, 1] },
  );
}
