/** Edits of mappings that are not in use, as text. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';
import type { PendingEdit } from '../../../pipeline/activation/edition.ts';

/** A line each. */
export function pendingText(pending: readonly PendingEdit[]): string {
  return pending.map(({ message }) => picocolors.yellow(escapeForTerminal(message))).join('\n');
}
