/** Faults of a mapping file: collected, not thrown one by one, so that a person mends them in one go. */
import { ConfigError, describePlace, type Place } from '../../core/errors.ts';

/** One fault, with its place. `message` holds names and rules of the mapping, never values of people. */
export interface Problem {
  readonly code: 'MAPPING_SYNTAX' | 'MAPPING_INVALID';
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place in a text. */
export interface At {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** All faults, one a line of the message; `problems` holds them (50 at most). */
export class MappingError extends ConfigError {
  readonly problems: readonly Problem[];
  constructor(first: Problem, problems: readonly Problem[]) {
    const where: Place = { file: first.file, line: first.line, column: first.column };
    const shown = problems.length === 0 ? [first] : problems;
    super(first.code, shown.map(describeProblem).join('\n'), { where });
    this.problems = problems;
  }
}

export function describeProblem({ file, line, column, message }: Problem): string {
  return `${describePlace({ file, line, column })}: ${message}`;
}

/** So many are told; a person mends no more at one go. */
const MOST = 50;
/** So many are kept, out of which the first are told. */
const KEPT = 1000;

export class Problems {
  /** As they were found; `inOrder` is for people. */
  readonly list: Problem[] = [];
  /** Lines of a text could not be read: what seems to be missing may stand in them. */
  incomplete = false;
  readonly #known = new Set<string>();

  /** Adds a fault at a place, once. */
  add(at: At, message: string, code: Problem['code'] = 'MAPPING_INVALID'): void {
    const key = `${at.file}:${at.line}:${at.column}:${message}`;
    if (this.list.length >= KEPT || this.#known.has(key)) return;
    this.#known.add(key);
    this.list.push({ code, message, file: at.file, line: at.line, column: at.column });
  }

  /** So many faults that looking for more is of no use. */
  get isFull(): boolean {
    return this.list.length >= KEPT;
  }

  /** The first 50 in the order of their places; those of the file that was read first come first. */
  inOrder(): readonly Problem[] {
    const files = [...new Set(this.list.map(({ file }) => file))];
    const rank = ({ file }: Problem): number => files.indexOf(file);
    return [...this.list].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column).slice(0, MOST);
  }

  /** Throws all faults; `start` is the place of a text without any. */
  raise(start: At): never {
    const all = this.inOrder();
    const [first = { code: 'MAPPING_INVALID' as const, message: 'this is no mapping', ...start }] = all;
    throw new MappingError(first, all);
  }

  /** Throws all faults, if there are any. */
  throwIfAny(): void {
    const all = this.inOrder();
    const [first] = all;
    if (first !== undefined) throw new MappingError(first, all);
  }
}
