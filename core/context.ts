/** What is handed in to everything that touches the world, so that a whole run can be replayed from a seed. */
import type { Notices } from './notices.ts';

/** Time. `now` is UTC milliseconds. `sleep` rejects when the signal aborts. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Facts for a log line: ids, keys, counts, times. Never values of people, never secrets. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Logger {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the query. */
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** One of: `application/x-www-form-urlencoded` fields, or a JSON document as text. */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly began: number;
  readonly ended: number;
}

/**
 * One attempt of one call, within the system's budget (rate, concurrency), time-out and response size limit; no redirect is
 * followed and nothing is repeated here. Any HTTP status is an answer. Throws `ConnectionError` when the request certainly did
 * not reach the vendor, `UncertainError` when it may have, `ContractError` for an answer over the size limit.
 */
export interface Http {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/**
 * An exchange directory. Names are plain (`isPlainFileName`), others are refused with `ConnectionError`; so are symlinks. Files are made
 * with mode 0600.
 */
export interface Files {
  /** Writes a new file whole (temporary name, then rename). Throws `ConnectionError` when the name exists. */
  writeNew(directory: string, name: string, content: string | AsyncIterable<string>): Promise<void>;
  exists(directory: string, name: string): Promise<boolean>;
  /** Removes a file; false when there was none. Throws `ConnectionError` when it cannot be removed. */
  remove(directory: string, name: string): Promise<boolean>;
  /** Names in the directory, those of symlinks and those that are not plain too: whoever looks at one is refused. Throws `ConnectionError` when it cannot be read. */
  list(directory: string): Promise<readonly string[]>;
  /** What can be told of a file without reading it; null when there is none. Throws `ConnectionError` for a symlink or what is no file. */
  stat(directory: string, name: string): Promise<FileFacts | null>;
  /** A file whole; null when there is none. Throws `ConnectionError` for a symlink or what is no file, `ContractError` for one over `maxBytes`. */
  read(directory: string, name: string, maxBytes: number): Promise<FileContent | null>;
}

export interface FileFacts {
  /** Bytes. */
  readonly size: number;
  /** UTC ms of its last change. */
  readonly changedAt: number;
}

export interface FileContent extends FileFacts {
  readonly content: Buffer;
  /** It changed while it was read: somebody is writing it. */
  readonly moving: boolean;
}

export interface Context {
  /** Name of the system, for messages. */
  readonly system: string;
  /** Version of Sverka: what one version has made of a vendor's bytes, another may make otherwise. */
  readonly version: string;
  /** IANA zone in which the system's times without a zone are read. */
  readonly zone: string;
  readonly clock: Clock;
  /** In [0, 1). */
  random(): number;
  uuid(): string;
  readonly http: Http;
  readonly files: Files;
  /** Absent where there is no store to keep them (`doctor`). */
  readonly notices?: Notices;
  readonly log: Logger;
  /** Calls that may be under way at one time in this system. */
  readonly concurrency: number;
  /** Asks the person at the terminal (an SMS code); null when there is none. Never echoed into logs. */
  ask(question: string): Promise<string | null>;
}
