/** The figures of the mapping engine within `npm run bench`: measured in a process of their own, as nothing else is in its memory. */
import { execFileSync } from 'node:child_process';
import { MAPPING_BAR, type MappingFigure, mappingTable } from './mapping-table.ts';
import { ROOT } from './programs.ts';

/** Throws when the process fails: its message is on stderr. */
export function mappingFigures(): readonly MappingFigure[] {
  const text = execFileSync(process.execPath, ['--import', 'tsx', 'bench/mapping.ts', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text) as readonly MappingFigure[];
}

/** The section for the page, and whether the bar was missed. */
export function mappingPart(figures: readonly MappingFigure[]): { readonly text: string; readonly missed: boolean } {
  return {
    text: `**The mapping engine alone**\n\n${mappingTable(figures)}`,
    missed: (figures[0]?.perSecond ?? 0) < MAPPING_BAR,
  };
}
