/** What becomes of wire fields, as text. */
import type { MappingView } from '../../console/mapping-coverage.ts';
import { lossTable } from './mapping-faults.ts';
import { blocks, count, section, table } from './table.ts';

type Covered = MappingView['coverage'][number];

const titleOf = ({ system, stream, configured, file }: MappingView): string => `${system}/${stream}${configured ? '' : ' (no system is configured)'} (${file})`;

export function coverageText(views: readonly MappingView[]): string {
  return blocks(
    ...views.map((view) => {
      const rows = view.coverage.map((one) => [
        one.wire,
        wordOf(one),
        mappedOf(one),
        one.mapped.map(({ line }) => line).join(', '),
        one.reason ?? one.lost.join('; '),
      ]);
      return section(
        titleOf(view),
        `${table(['wire field', 'state', 'canonical fields', 'line', 'ignored why, lost how'], rows, { maxWidth: 110 })}\n${sumOf(view.coverage)}`,
      );
    }),
  );
}

const WORDS: Readonly<Partial<Record<Covered['state'], string>>> = { both: 'both ways', pull: 'read only', push: 'written only', time: 'time of change' };

function wordOf({ state, mapped }: Covered): string {
  const isOneWay = state === 'attribute' && mapped.every(({ only }) => only === 'pull');
  return isOneWay ? 'attribute, read only' : (WORDS[state] ?? state);
}

const mappedOf = ({ mapped }: Covered): string => mapped.flatMap(({ fields }) => fields).join(', ');

function sumOf(coverage: readonly Covered[]): string {
  const of = (...states: readonly Covered['state'][]): number => coverage.filter(({ state }) => states.includes(state)).length;
  const parts: readonly (readonly [number, string])[] = [
    [of('both'), 'both ways'],
    [of('pull'), 'read only'],
    [of('push', 'constant'), 'written only'],
    [of('attribute'), 'kept as attributes'],
    [of('key', 'time', 'condition'), 'keys, times and conditions'],
    [of('ignored'), 'ignored'],
    [of('missing'), 'missing'],
  ];
  return `${count(coverage.length, 'field')}: ${parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ')}`;
}

export function lossText(views: readonly MappingView[]): string {
  return blocks(...views.map((view) => section(titleOf(view), lossTable(view.losses) || 'nothing is lost')));
}
