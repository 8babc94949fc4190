import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../shared/server.ts';
import type { Target } from './commands.ts';
import { type FileCommand, MalformedFile, parseInterchange } from './interchange.ts';
import { type ArtixLoad, carryOutLoad, newLoad } from './loads.ts';
import type { ArtixOptions } from './options.ts';
import type { RecordWrite } from './writes.ts';

/**
 * A planned misbehaviour of the file route. `never-take`: the pair is passed over. `late`: passed over too, meant with a
 * number of `times`. `reject`: refused whole. `leave`: loaded, but neither file is deleted. `report-error`: loaded, yet
 * reported as STATUS_READY_WITH_ERROR.
 */
export interface FileFault {
  kind: 'never-take' | 'late' | 'reject' | 'leave' | 'report-error';
  /** Names of data files it applies to; without it all. */
  match?: RegExp;
  /** How many takings it hits: default 1, but `never-take` has no end. */
  times?: number;
}

/** The exchange directory: takes pairs `pos*.aif` and `pos*.flz` when told to. */
export class ArtixExchange {
  /** Every file taken, oldest first. */
  readonly loads: ArtixLoad[] = [];
  private readonly directory: string;
  private readonly target: Target;
  private readonly options: ArtixOptions;
  private readonly clock: Clock;
  private readonly record: RecordWrite;
  private faults: { fault: FileFault; left: number }[] = [];
  /** Pairs that stay in the directory although they have been dealt with. */
  private readonly done = new Set<string>();
  private readonly queue: { load: ArtixLoad; commands: FileCommand[]; fault: FileFault | undefined }[] = [];

  constructor(directory: string, target: Target, clock: Clock, record: RecordWrite) {
    this.directory = directory;
    this.target = target;
    this.options = target.state.options;
    this.clock = clock;
    this.record = record;
  }

  /** Plans a fault of the file route. */
  addFault(fault: FileFault): void {
    this.faults.push({ fault, left: fault.times ?? (fault.kind === 'never-take' ? Number.POSITIVE_INFINITY : 1) });
  }

  /** Forgets every planned fault. */
  clearFaults(): void {
    this.faults = [];
  }

  /** Finishes what was queued, then takes every complete pair in the order of names; returns the loads taken now. */
  takeFiles(): ArtixLoad[] {
    this.finishLoads();
    const taken: ArtixLoad[] = [];
    if (!existsSync(this.directory)) return taken;
    for (const flag of readdirSync(this.directory).sort()) {
      if (!/^pos.*\.flz$/.test(flag)) continue;
      const file = flag.replace(/\.flz$/, '.aif');
      if (this.done.has(file) || !existsSync(join(this.directory, file))) continue;
      const fault = this.fault(file);
      if (fault?.kind !== 'never-take' && fault?.kind !== 'late') taken.push(this.take(file, flag, fault));
    }
    this.loads.push(...taken);
    return taken;
  }

  /** Carries out the loads that stand at STATUS_DURING. */
  finishLoads(): void {
    for (const { load, commands, fault } of this.queue.splice(0)) this.finish(load, commands, fault);
  }

  private take(file: string, flag: string, fault: FileFault | undefined): ArtixLoad {
    const load = newLoad(file, this.clock);
    const commands = this.parse(file, load, fault);
    if (commands === undefined) {
      this.dispose(file, flag, this.options.rejectedFile);
      return load;
    }
    load.commands = commands.length;
    if (this.options.asyncLoad) this.queue.push({ load, commands, fault });
    else this.finish(load, commands, fault);
    this.dispose(file, flag, fault?.kind === 'leave' ? 'leave' : 'delete');
    return load;
  }

  /** The commands, or undefined when the whole file is refused. */
  private parse(file: string, load: ArtixLoad, fault: FileFault | undefined): FileCommand[] | undefined {
    try {
      const commands = parseInterchange(readFileSync(join(this.directory, file)), this.options);
      if (fault?.kind !== 'reject') return commands;
    } catch (error) {
      if (!(error instanceof MalformedFile)) throw error;
      load.errors.push({ index: 0, line: error.line, command: '', message: error.message });
    }
    load.status = 'STATUS_ERROR';
    return undefined;
  }

  private finish(load: ArtixLoad, commands: readonly FileCommand[], fault: FileFault | undefined): void {
    carryOutLoad(load, commands, { target: this.target, record: this.record, route: 'file', failed: fault?.kind === 'report-error' });
  }

  private dispose(file: string, flag: string, how: ArtixOptions['rejectedFile']): void {
    if (how === 'leave') {
      this.done.add(file);
      return;
    }
    if (how === 'backup') {
      mkdirSync(join(this.directory, 'backup'), { recursive: true });
      renameSync(join(this.directory, file), join(this.directory, 'backup', file));
    } else rmSync(join(this.directory, file), { force: true });
    rmSync(join(this.directory, flag), { force: true });
  }

  private fault(file: string): FileFault | undefined {
    const hit = this.faults.find(({ fault }) => fault.match === undefined || file.search(fault.match) >= 0);
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.faults = this.faults.filter((entry) => entry !== hit);
    return hit.fault;
  }
}
