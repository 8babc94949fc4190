/** A migration as text: what is to be moved and what stands against it, and how both sides compare in the end. */
import picocolors from 'picocolors';
import type { RestItem } from '../../../pipeline/migrate/rest.ts';
import type { MigrationSummary, SideBySide } from '../../../pipeline/migrate/summary.ts';
import type { LossCount, MigrationPreview, MigrationScope, RunReport } from '../../../pipeline/report.ts';
import type { FilterCondition } from '../../../pipeline/setup.ts';
import { blocks, count, section, table } from './table.ts';

export function previewText(preview: MigrationPreview): string {
  const { source, there, ownerless, from, to } = preview;
  return blocks(
    section(
      `To move from ${from} to ${to}${chosenText(preview)}`,
      table(
        ['', `in ${from}`, `of them in ${to}`],
        [
          ['clients', source.clients, there.clients],
          ['cards', source.cards, there.cards],
          ['accounts with points', source.accounts, null],
          ['points', points(source.points), null],
          ...(ownerless.cards > 0 ? [['cards without a client: not moved', ownerless.cards, null]] : []),
          ...(ownerless.accounts > 0 ? [['points of nobody: not moved', points(ownerless.points), null]] : []),
        ],
        { right: [1, 2] },
      ),
    ),
    section(
      `What ${to} has otherwise`,
      blocks(
        table(
          ['stream', 'field', 'records', 'whose value counts', 'what becomes of it'],
          preview.differs.map((one) => [one.stream, one.field, one.count, one.wins, one.why ?? 'proposed']),
          WIDE,
        ),
        preview.differs.length === 0 ? null : valuesText(preview),
      ),
    ),
    section(
      `What ${to} cannot do at all`,
      table(
        ['stream', 'concerns', 'reason'],
        preview.cannot.map((one) => [one.stream, one.count, one.why]),
        WIDE,
      ),
    ),
    lossesText(preview.losses, to),
  );
}

function valuesText({ from, to, values, otherwise }: MigrationPreview): string {
  const who = `${count(otherwise.clients, 'client')} and ${count(otherwise.cards, 'card')} of ${to} differ from ${from}.`;
  return values === 'policies'
    ? `${who} What counts by the policies is proposed. Without --values policies it is what ${from} says.`
    : `${who} What ${from} says is proposed, whatever ${to} itself says. With --values policies it is what counts by the policies.`;
}

const WIDE = { maxWidth: 90 };

function lossesText(losses: readonly LossCount[], to: string): string {
  return section(
    `What ${to} cannot take, by field`,
    table(
      ['stream', 'field', 'records', 'what is lost'],
      losses.map((one) => [one.stream, one.field, one.count, `${one.kind}: ${one.detail}`]),
      WIDE,
    ),
  );
}

function chosenText({ where = [], limit }: MigrationScope): string {
  const parts = [...where.map(conditionText), ...(limit === undefined ? [] : [`at most ${count(limit, 'client')} with something to do`])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function conditionText({ field, is, in: among, empty, digests }: FilterCondition): string {
  if (digests !== undefined) return digests.length === 1 ? `${field}=•••` : `${field} among ${count(digests.length, 'value')}`;
  if (empty !== undefined) return empty ? `no ${field}` : `with ${field}`;
  return among === undefined ? `${field}=${String(is)}` : `${field} in ${among.join(',')}`;
}

/** What to do after the proposals are made. */
export function nextText(report: RunReport, config: string): string {
  const { migration } = report;
  if (migration === undefined) return '';
  const proposed = report.operations.filter((one) => one.system === migration.to).reduce((sum, one) => sum + (one.states['proposed'] ?? 0), 0);
  const more = config === './sverka.yaml' ? '' : ` --config ${config}`;
  if (proposed === 0) return `Nothing is proposed. How both sides compare: sverka migrate --from ${migration.from} --to ${migration.to} --summary${more}`;
  return [
    `Nothing has been sent. Look at it:  sverka plan --list --system ${migration.to}${more}`,
    `Do it:  sverka apply --from ${migration.from} --to ${migration.to}${more}`,
    'It can be stopped at any time; the same two commands go on where it stopped.',
  ].join('\n');
}

export function summaryText(summary: MigrationSummary, show: number): string {
  const { from, to, totals, groups, items } = summary;
  const shown = items.slice(0, show);
  const all = groups.reduce((sum, one) => sum + one.count, 0);
  const more =
    all > shown.length ? `\n${picocolors.dim(`and ${count(all - shown.length, 'more', 'more')}: --show ${all}, or --json for the first 10 000 as data`)}` : '';
  const verdict = summary.complete
    ? picocolors.green(`Everything that ${from} holds is in ${to}.`)
    : picocolors.yellow(`${count(all, 'thing')} of ${from} ${all === 1 ? 'is' : 'are'} not in ${to} as ${from} has it.`);
  return blocks(
    section(
      `${from} and ${to} side by side${chosenText({ from, to, ...(summary.where === undefined ? {} : { where: summary.where }) })}`,
      table(['', `in ${from}`, `in ${to}`, 'alike'], totals.map(totalRow), { right: [1, 2, 3] }),
    ),
    section(
      'What is left, and why',
      table(
        ['what', 'stream', 'number', 'reason'],
        groups.map((one) => [one.what, one.stream, one.count, one.why]),
        WIDE,
      ),
    ),
    section(
      'One by one',
      `${table(['what', 'stream', `key in ${from}`, 'client', 'fields', 'reason'], shown.map(itemRow), WIDE)}${shown.length === 0 ? '' : more}`,
    ),
    lossesText(summary.losses, to),
    verdict,
  );
}

function totalRow({ what, from, to, alike }: SideBySide): (string | number)[] {
  return what.startsWith('points') ? [what, points(from), points(to), points(alike)] : [what, from, to, alike];
}

function itemRow({ what, stream, key, client, fields, amounts, why }: RestItem): (string | number | null)[] {
  const shown = amounts === undefined ? fields.join(', ') : `${points(amounts.from)}, there ${points(amounts.to)}`;
  return [what, stream, key, client, shown, why];
}

const points = (minor: number): string => (minor / 100).toFixed(2);
