/**
 * The class of an error is the decision what to do about it (DESIGN §10). Every error has a code from the catalogue,
 * a message without values of people or secrets, a hint with the next thing to do, and its cause.
 */
import { type ErrorCode, hintOf } from './error-catalogue.ts';

export interface ErrorDetails {
  /** Replaces the catalogue's hint where a better one is known on the spot. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Where: file, line and column of a configuration or mapping, or system, stream, key and field of a record. */
  readonly where?: Place;
}

export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly system?: string;
  readonly stream?: string;
  readonly key?: string;
  readonly field?: string;
}

export abstract class SverkaError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly where: Place;
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint ?? hintOf(code);
    this.where = details.where ?? {};
  }
}

/** Refuse to start: exit 2. */
export class ConfigError extends SverkaError {}
/** The system cannot be reached or refuses us; nothing was done there. Pause this system, others go on. */
export class ConnectionError extends SverkaError {}
/** Certainly not done, and worth repeating, after `retryAfterMs` where the vendor said so. */
export class TransientError extends SverkaError {
  readonly retryAfterMs: number | null;
  constructor(code: ErrorCode, message: string, details: ErrorDetails & { readonly retryAfterMs?: number } = {}) {
    super(code, message, details);
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}
/** One record cannot be used: quarantine it, go on. */
export class RecordError extends SverkaError {}
/** The vendor broke its form: stop the stream, keep the checkpoint. */
export class ContractError extends SverkaError {}
/** Nobody knows whether it was done: read back after a settle time. */
export class UncertainError extends SverkaError {}
/** The store cannot be reached or refused: exit 1; the next run goes on from the last checkpoint. */
export class StoreError extends SverkaError {}
/** Our bug: roll back, stop, loud. */
export class InvariantError extends SverkaError {}

/** `file:line:column` or `system/stream/key, field`, as far as it is known. */
export function describePlace(place: Place): string {
  if (place.file !== undefined) {
    return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  }
  const path = [place.system, place.stream, place.key].filter((part) => part !== undefined).join('/');
  return place.field === undefined ? path : path === '' ? place.field : `${path}, field ${place.field}`;
}
