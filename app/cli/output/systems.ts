/** The systems as they may be called, as a table. */
import type { SystemState } from '../../console/systems.ts';
import { table, when } from './table.ts';

export function systemsText(states: readonly SystemState[]): string {
  const rows = states.map((one) => [
    one.system,
    one.vendor,
    stateOf(one),
    one.concurrency,
    one.rate,
    one.callsPerDay === null ? null : `${one.callsToday ?? 0} of ${one.callsPerDay}`,
    one.processes,
  ]);
  return table(['system', 'vendor', 'state (UTC)', 'at once', 'a second', 'calls today', 'processes'], rows, { maxWidth: 100, right: [3, 4, 5, 6] });
}

function stateOf({ paused, quietUntil, callsPerDay, callsToday }: SystemState): string {
  if (paused !== null) {
    const by = paused.by === null ? '' : ` by ${paused.by}`;
    return `paused since ${when(paused.at)}${by}${paused.note === null ? '' : `: ${paused.note}`}`;
  }
  if (quietUntil !== null) return `quiet hours until ${when(quietUntil)}`;
  if (callsPerDay !== null && (callsToday ?? 0) >= callsPerDay) return "the day's calls are used up";
  return 'open';
}
