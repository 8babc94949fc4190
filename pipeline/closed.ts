/** Systems that are not to be called for a time: paused by a person, in their quiet hours, or with the day's calls used up. Nothing failed there. */
import type { ErrorCode } from '../core/error-catalogue.ts';
import { SverkaError } from '../core/errors.ts';

export interface Closed {
  readonly code: ErrorCode & `SYSTEM_${string}`;
  /** Says when it goes on. */
  readonly message: string;
  readonly hint: string;
  /** UTC ms when it goes on; null: when a person says so. */
  readonly until: number | null;
}

const CODES: ReadonlySet<string> = new Set<Closed['code']>(['SYSTEM_PAUSED', 'SYSTEM_QUIET', 'SYSTEM_QUOTA']);

/** Whether an error says that a call was not made because its system is closed. */
export function isClosed(error: unknown): error is SverkaError & { readonly code: Closed['code'] } {
  return error instanceof SverkaError && CODES.has(error.code);
}

export function isClosedCode(code: string | undefined): boolean {
  return code !== undefined && CODES.has(code);
}
