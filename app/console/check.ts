/** One finding of the doctor. */
import { type ErrorCode, hintOf } from '../../core/error-catalogue.ts';
import { ConfigError, SverkaError } from '../../core/errors.ts';
import type { Scrub } from '../scrub.ts';

export interface Check {
  readonly what: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly detail: string;
  /** What to do, where something is to be done. */
  readonly hint?: string;
  /** The configuration is what has to be mended. */
  readonly wrongConfig?: true;
}

/** What is left to do where the doctor, whom the usual hint names, is at work already. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  VENDOR_UNREACHABLE: 'Check the address of this system in the configuration, and whether this machine reaches it.',
  VENDOR_REFUSED: 'Check the key or login of this system where the configuration takes it from, and at the vendor.',
  CONFIG_INVALID: 'Mend the settings of this system in the configuration.',
};

/** A finding of what was thrown; defects pass. */
export function badCheck(what: string, error: unknown, scrub: Scrub): Check {
  if (!(error instanceof SverkaError)) throw error;
  const hint = error.hint === hintOf(error.code) ? (HINTS[error.code] ?? error.hint) : error.hint;
  const check: Check = { what, state: 'bad', detail: scrub(`${error.code}: ${error.message}`), hint: scrub(hint) };
  return error instanceof ConfigError ? { ...check, wrongConfig: true } : check;
}
