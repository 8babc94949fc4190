/** Newer shipped mappings as text. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { Upgrade, UpgradeOptions } from '../../console/mapping-upgrade.ts';
import type { Conflict } from '../../three-way.ts';
import { blocks } from './table.ts';

export function upgradesText(upgrades: readonly Upgrade[], action: UpgradeOptions['action']): string {
  if (upgrades.length === 0) return 'nothing is new: every mapping in use stands on the shipped one of this version';
  return blocks(...upgrades.map((upgrade) => upgradeText(upgrade, action)));
}

function upgradeText(upgrade: Upgrade, action: UpgradeOptions['action']): string {
  const { news, change, conflicts, written } = upgrade;
  const title = picocolors.bold(`${upgrade.system}/${upgrade.stream}: ${said(upgrade, action)}`);
  if (written) return blocks([title, ...steps(upgrade, action)].join('\n'), action === 'write' ? coloured(change) : '');
  const parts =
    upgrade.yours === '' ? [coloured(news)] : [`What is new in the shipped mapping:\n${coloured(news)}`, `What you changed:\n${coloured(upgrade.yours)}`];
  return blocks(title, ...parts, ...conflicts.map((one) => conflictText(one, upgrade.file ?? '')), steps(upgrade, action).join('\n'));
}

function said({ state, file, fault, written }: Upgrade, action: UpgradeOptions['action']): string {
  if (written) return action === 'write' ? `what is new was written into ${file}` : `${file} notes that what is new was considered`;
  switch (state) {
    case 'offered':
      return 'a newer shipped mapping is there; the older one is in use';
    case 'unedited':
      return `a newer shipped mapping is there; ${file} is an unedited copy of the older one`;
    case 'merged':
      return `a newer shipped mapping is there, and goes into ${file} without a conflict`;
    case 'conflict':
      return `a newer shipped mapping is there; ${file} and it change the same field or comment, so nothing is written`;
    case 'broken':
      return `a newer shipped mapping is there; with it ${file} could not be compiled, so nothing is written: ${fault}`;
  }
}

function steps({ state, system, stream, cases, written }: Upgrade, action: UpgradeOptions['action']): string[] {
  const name = `${system}/${stream}`;
  const own = cases === 'edited' ? ['The cases beside it were edited by you and are left as they are.'] : [];
  const then = 'Then: sverka mapping check, sverka mapping preview, sverka mapping activate.';
  if (written) return action === 'write' ? [...own, then] : [];
  if (state === 'offered') return ['Next: sverka mapping preview shows what it changes in the store, sverka mapping activate puts it into use.'];
  const considered = `sverka mapping upgrade ${name} --taken notes that you want nothing (more) of it.`;
  if (state === 'conflict' || state === 'broken') return [`Edit the file by hand; then sverka mapping upgrade ${name} --taken.`];
  return [...own, `Next: sverka mapping upgrade ${name} --write puts it into the file, which is activated like any edit; ${considered}`];
}

function conflictText({ from, to, mine, theirs, base }: Conflict, file: string): string {
  const lines = (mark: string, text: readonly string[], paint: (line: string) => string): string[] =>
    text.map((line) => paint(`  ${mark} ${escapeForTerminal(line)}`));
  const place = to < from ? `before line ${from}` : to === from ? `line ${from}` : `lines ${from} to ${to}`;
  return [
    `${picocolors.red('CONFLICT')} ${file}:${from}: ${place}`,
    ...lines('before   ', base, picocolors.dim),
    ...lines('yours    ', mine, picocolors.yellow),
    ...lines('shipped  ', theirs, picocolors.green),
  ].join('\n');
}

function coloured(patch: string): string {
  return patch
    .split('\n')
    .map((line) => {
      const safe = escapeForTerminal(line);
      return line.startsWith('+') ? picocolors.green(safe) : line.startsWith('-') ? picocolors.red(safe) : safe;
    })
    .join('\n');
}
