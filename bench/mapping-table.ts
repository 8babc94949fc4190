/** The figures of the mapping engine, and how they are shown. */

/** Customers of VirtualPOS a second that the engine must decode, on one core. */
export const MAPPING_BAR = 150_000;
export interface MappingFigure {
  readonly what: string;
  /** Records a second of processor time: median, least and most of the rounds. */
  readonly perSecond: number;
  readonly least: number;
  readonly most: number;
  /** Against the mapper by hand. */
  readonly ratio: number | null;
}

const rounded = (rate: number): string => (Math.round(rate / 100) * 100).toLocaleString('en-US');

/** The figures as a table for people, with the verdict of the bar. */
export function mappingTable(found: readonly MappingFigure[]): string {
  const rows = found.map(({ what, perSecond, least, most, ratio }) => {
    const bar = what !== 'VirtualPOS, read' ? '' : perSecond >= MAPPING_BAR ? `≥ ${rounded(MAPPING_BAR)}` : `≥ ${rounded(MAPPING_BAR)} missed`;
    return `| ${what} | ${rounded(perSecond)} (${rounded(least)}–${rounded(most)}) | ${ratio === null ? '' : ratio.toFixed(2)} | ${bar} |`;
  });
  return ['| clients | records per CPU second | ratio to the mapper by hand | bar |', '|---|---|---|---|', ...rows].join('\n');
}
