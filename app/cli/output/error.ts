/** Errors as a person reads them, and as `--json` gives them. */
import picocolors from 'picocolors';
import { ConfigFaults } from '../../../config/problems.ts';
import { ConfigError, describePlace, InvariantError, SverkaError } from '../../../core/errors.ts';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { Scrub } from '../../scrub.ts';
import type { ExitCode } from '../host.ts';

/** Anything thrown as one of ours: what we did not foresee is a defect. */
export function asSverkaError(error: unknown): SverkaError {
  if (error instanceof SverkaError) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new InvariantError('INVARIANT_BROKEN', what, { cause: error });
}

export function exitCodeOf(error: SverkaError): ExitCode {
  return error instanceof ConfigError ? 2 : 1;
}

export function errorData(error: SverkaError, scrub: Scrub): unknown {
  const problems = error instanceof ConfigFaults || 'problems' in error ? (error as ConfigFaults).problems : undefined;
  return {
    error: {
      code: error.code,
      message: scrub(error.message),
      where: error.where,
      hint: scrub(error.hint),
      ...(problems === undefined ? {} : { problems: problems.map((problem) => ({ ...problem, message: scrub(problem.message) })) }),
    },
  };
}

/** Code, message, place and what to do; with the stack of a defect. */
export function errorText(error: SverkaError, scrub: Scrub): string {
  const safe = (text: string): string => scrub(text).split('\n').map(escapeForTerminal).join('\n');
  const place = describePlace(error.where);
  const message = safe(error.message);
  const lines = [`${picocolors.red(error.code)}: ${message.includes('\n') ? `\n${message}` : message}`];
  if (place !== '' && !message.includes(place)) lines.push(`  at ${safe(place)}`);
  lines.push(picocolors.dim(`  ${safe(error.hint)}`));
  if (error instanceof InvariantError) {
    const stack = (error.cause instanceof Error ? error.cause.stack : error.stack) ?? '';
    lines.push(picocolors.dim(safe(stack.split('\n').slice(1, 8).join('\n'))));
  }
  return lines.join('\n');
}
