import type { Clock } from '../shared/server.ts';
import { RequestRefused } from './accounts.ts';
import { carryOut, commandName, type Target } from './commands.ts';
import { RecordRefused } from './values.ts';
import type { ArtixWrite, RecordWrite } from './writes.ts';

/** How a load stands, in the vendor's words. */
export type LoadStatus = 'STATUS_DURING' | 'STATUS_READY' | 'STATUS_READY_WITH_ERROR' | 'STATUS_ERROR';

/** One refused record of a load; `index` counts commands from 0. */
export interface LoadError {
  index: number;
  line: number;
  command: string;
  message: string;
}

/** One file or array of commands that was taken. */
export interface ArtixLoad {
  /** Name of the data file, or the `dictionaryid` of a load over HTTP. */
  file: string;
  status: LoadStatus;
  /** Commands read, before any was carried out. */
  commands: number;
  errors: LoadError[];
  at: number;
}

export function newLoad(file: string, clock: Clock): ArtixLoad {
  return { file, status: 'STATUS_DURING', commands: 0, errors: [], at: clock() };
}

/** Carries out the commands of a load one by one; what is refused is an error of the load, the rest goes on. */
export function carryOutLoad(
  load: ArtixLoad,
  commands: readonly { readonly line: number; readonly value: unknown }[],
  by: { target: Target; record: RecordWrite; route: ArtixWrite['route']; failed: boolean },
): void {
  for (const [index, { line, value }] of commands.entries()) {
    const command = commandName(value);
    try {
      const key = carryOut(by.target, value);
      if (key !== undefined) by.record(by.route, command, key, value);
    } catch (error) {
      if (!(error instanceof RecordRefused || error instanceof RequestRefused)) throw error;
      load.errors.push({ index, line, command, message: error.message });
    }
  }
  load.status = load.errors.length > 0 || by.failed ? 'STATUS_READY_WITH_ERROR' : 'STATUS_READY';
}
