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

/** The first fault as an error; `problems` holds all of them (50 at most). */
export class MappingError extends ConfigError {
  readonly problems: readonly Problem[];
  constructor(first: Problem, problems: readonly Problem[]) {
    const where: Place = { file: first.file, line: first.line, column: first.column };
    super(first.code, `${describePlace(where)}: ${first.message}`, { where });
    this.problems = problems;
  }
}

const MOST = 50;

export class Problems {
  readonly list: Problem[] = [];

  /** Adds a fault at a place; beyond 50 they are not kept. */
  add(at: At, message: string, code: Problem['code'] = 'MAPPING_INVALID'): void {
    if (this.list.length < MOST) {
      this.list.push({ code, message, file: at.file, line: at.line, column: at.column });
    }
  }

  /** Throws the first fault with all others; `start` is the place of a text without any. */
  raise(start: At): never {
    const [first = { code: 'MAPPING_INVALID' as const, message: 'this is no mapping', ...start }] = this.list;
    throw new MappingError(first, this.list);
  }

  /** Throws the first fault with all others, if there is one. */
  throwIfAny(): void {
    const [first] = this.list;
    if (first !== undefined) throw new MappingError(first, this.list);
  }
}
