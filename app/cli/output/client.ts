/** One client as tables. Values are shown: the command is about this person. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { ClientView } from '../../console/client-view.ts';
import { blocks, section, table, when } from './table.ts';

export function clientText(view: ClientView): string {
  return blocks(
    picocolors.bold(`client ${view.id}`),
    section(
      'Fields',
      table(
        ['field', 'value'],
        view.fields.map((one) => [one.field, shownOf(one)]),
      ),
    ),
    common(view),
  );
}

const shownOf = ({ absent, value }: ClientView['fields'][number]): string =>
  absent === null ? value : absent === 'emptied' ? '(emptied)' : '(each system keeps its own)';

/** Where each value comes from, since when, by which rule, and what lost against it. */
export function explainText(view: ClientView): string {
  const lines = view.fields.map((one) => {
    const from = one.system === null ? 'laid down by a person' : `${one.system}/${one.key}`;
    const since = one.notAfter === null ? '' : one.after === null ? `first seen ${when(one.notAfter)}` : `changed ${when(one.after)} … ${when(one.notAfter)}`;
    const how = one.how === null || one.how === 'first-seen' ? '' : ` (${one.how === 'vendor' ? "the vendor's own time" : 'between two readings'})`;
    const losers = one.losers.map((loser) =>
      picocolors.dim(
        `    not ${escapeForTerminal(loser.value) || '(empty)'}: ${loser.system}/${escapeForTerminal(loser.key)}, ${when(loser.notAfter)}, lost by ${loser.why}`,
      ),
    );
    return [
      `${picocolors.bold(one.field)}: ${escapeForTerminal(shownOf(one))}`,
      `    from ${escapeForTerminal(from)}, by rule ${one.rule}${since === '' ? '' : `, ${since}${how}`}`,
      ...losers,
    ].join('\n');
  });
  const records = view.records.map(
    (one) =>
      `  ${one.system}/${one.stream}/${escapeForTerminal(one.key)}: ${one.with === null ? one.rule : `linked with ${escapeForTerminal(one.with)}`}${one.why === null ? '' : ` by ${escapeForTerminal(one.why)}`}`,
  );
  return blocks(
    picocolors.bold(`client ${view.id}`),
    section('Where each value comes from', lines.join('\n')),
    section('Why these records are one client', records.join('\n')),
    section('What people said', view.decisions.map(decisionText).join('\n')),
    common(view),
  );
}

function decisionText(one: ClientView['decisions'][number]): string {
  const note = one.note === null ? '' : `: ${escapeForTerminal(one.note)}`;
  return `  ${escapeForTerminal(one.record)} and ${escapeForTerminal(one.other)} are ${one.verdict}, said ${escapeForTerminal(one.by)}, ${when(one.at)}${note}`;
}

function common(view: ClientView): string {
  const accounts = view.balances.flatMap((one) =>
    one.accounts.map((account) => [
      one.programme,
      one.balance ?? 'undecided',
      account.system,
      account.key,
      account.shown,
      account.agreed,
      account.moved,
      account.owed,
    ]),
  );
  return blocks(
    section(
      'Records',
      table(
        ['system', 'stream', 'key', 'state', 'linked by'],
        view.records.map((one) => [one.system, one.stream, one.key, one.state, one.rule]),
      ),
    ),
    section(
      'Cards',
      table(
        ['id', 'number', 'type', 'status'],
        view.cards.map((one) => [String(one.id), one.number, one.type, one.status]),
      ),
    ),
    section(
      'Bonus balances',
      table(['programme', 'canonical', 'system', 'account', 'shown', 'booked', 'moved', 'owed'], accounts, {
        right: [1, 4, 5, 6, 7],
      }),
    ),
    section(
      'Changes made or to make',
      table(
        ['id', 'system', 'stream', 'action', 'state', 'why', 'at (UTC)'],
        view.operations.map((one) => [String(one.id), one.system, one.stream, one.action, one.state, one.why, when(one.at)]),
      ),
    ),
    section('Open reviews', view.reviews.map((one) => `  ${one.id} ${one.kind}: sverka review show ${one.id}`).join('\n')),
  );
}
