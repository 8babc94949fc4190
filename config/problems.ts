/** Faults of a configuration: collected, not thrown one by one, so that a person mends them in one go. */
import type { ErrorCode } from '../core/error-catalogue.ts';
import { ConfigError, describePlace } from '../core/errors.ts';

/** One fault with its place. `message` never holds a value of the file: it may be a secret in the wrong place. */
export interface ConfigProblem {
  readonly code: ErrorCode;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Path of keys, such as `systems.crm.zone`. */
  readonly path: string;
  readonly message: string;
}

/** All faults found; the message shows them one a line. */
export class ConfigFaults extends ConfigError {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]]) {
    const [first] = problems;
    super(first.code, problems.map(describeProblem).join('\n'), {
      where: { file: first.file, line: first.line, column: first.column },
    });
    this.problems = problems;
  }
}

export function describeProblem(problem: ConfigProblem): string {
  return `${describePlace({ file: problem.file, line: problem.line, column: problem.column })}: ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

const MOST = 50;

/** Throws all faults, in the order of their lines, if there are any. */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST);
  const [first, ...rest] = sorted;
  if (first !== undefined) throw new ConfigFaults([first, ...rest]);
}
