/** Logs by winston: readable on a terminal, JSON lines otherwise; on stderr, since stdout belongs to answers. */
import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import picocolors from 'picocolors';
import winston from 'winston';
import type { LogFacts, Logger } from '../core/context.ts';
import { escapeForTerminal } from '../core/redact.ts';
import type { Scrub } from './scrub.ts';

export interface LoggerOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly scrub: Scrub;
  /** Readable lines instead of JSON, which share the terminal with progress bars: of the level `info` only warnings and errors. */
  readonly terminal: boolean;
  /** There are no bars: lines of the level `info` go to the terminal too. */
  readonly allLines?: boolean;
  readonly write: (text: string) => void;
  /** Also JSON lines to this file. */
  readonly file?: string;
}

export interface ClosableLogger extends Logger {
  /** Waits until everything is written. */
  close(): Promise<void>;
}

type Line = winston.Logform.TransformableInfo;

export function createLogger(options: LoggerOptions): ClosableLogger {
  const { scrub } = options;
  const json = winston.format.combine(winston.format.timestamp(), winston.format.json());
  const toWriter = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      options.write(String(chunk));
      done();
    },
  });
  const file = options.file === undefined ? null : createWriteStream(options.file, { flags: 'a', mode: 0o600 });
  const toFile = file === null ? null : new winston.transports.Stream({ stream: file, eol: '\n', format: json });
  const logger = winston.createLogger({
    level: options.level,
    transports: [
      new winston.transports.Stream({
        level: options.terminal && options.level === 'info' && options.allLines !== true ? 'warn' : options.level,
        stream: toWriter,
        eol: '\n',
        format: options.terminal ? winston.format.printf(readable) : json,
      }),
      ...(toFile === null ? [] : [toFile]),
    ],
  });
  const log = (level: string, message: string, facts: LogFacts = {}): void => {
    logger.log({ ...clean(facts, scrub), level, message: scrub(message) });
  };
  file?.once('error', (error: NodeJS.ErrnoException) => {
    // A disk that is full or a directory that is not there is no reason to leave the work undone.
    if (toFile !== null) logger.remove(toFile);
    log('warn', `the log file ${file.path} cannot be written (${error.code}): the log goes on without it, until Sverka is started anew`);
  });
  return {
    debug: (message, facts) => log('debug', message, facts),
    info: (message, facts) => log('info', message, facts),
    warn: (message, facts) => log('warn', message, facts),
    error: (message, facts) => log('error', message, facts),
    async close() {
      logger.end();
      if (file !== null) await new Promise<void>((resolve) => file.end(resolve));
    },
  };
}

/** Adds facts to every line: the system a connector speaks for. */
export function withFacts(log: Logger, facts: LogFacts): Logger {
  return {
    debug: (message, more) => log.debug(message, { ...facts, ...more }),
    info: (message, more) => log.info(message, { ...facts, ...more }),
    warn: (message, more) => log.warn(message, { ...facts, ...more }),
    error: (message, more) => log.error(message, { ...facts, ...more }),
  };
}

/** A log whose lines carry the number of the run once it is known; systems are opened with it before. */
export function numbered(log: Logger): { readonly log: Logger; begins(run: number): void } {
  let facts: LogFacts = {};
  const line =
    (level: keyof Logger) =>
    (message: string, more?: LogFacts): void =>
      log[level](message, { ...facts, ...more });
  return {
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    begins: (run) => {
      facts = { run };
    },
  };
}

/** Names that winston itself uses are kept apart from facts of the same name. */
const TAKEN = new Set(['level', 'message', 'timestamp']);

function clean(facts: LogFacts, scrub: Scrub): Record<string, string | number | boolean | null> {
  const result: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    result[TAKEN.has(name) ? `${name}_` : name] = typeof value === 'string' ? scrub(value) : value;
  }
  return result;
}

const PAINT: Readonly<Record<string, (text: string) => string>> = {
  error: picocolors.red,
  warn: picocolors.yellow,
  debug: picocolors.dim,
};

function readable(line: Line): string {
  const { level, message, ...facts } = line;
  const time = new Date().toISOString().slice(11, 19);
  const shown = Object.entries(facts).map(([name, value]) => picocolors.dim(`${name}=${escapeForTerminal(String(value))}`));
  const paint = PAINT[level] ?? ((text: string) => text);
  return [picocolors.dim(time), paint(level.padEnd(5)), paint(escapeForTerminal(String(message))), ...shown].join(' ');
}
