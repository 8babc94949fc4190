/** Parsing of option values, and checks against the configuration. */
import { InvalidArgumentError } from 'commander';
import type { Config } from '../../config/schema/config.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest.ts';

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** UTC milliseconds of an ISO date or date-time; a time without a zone is UTC. */
export function parseSince(value: string): number {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.exec(value);
  const time = form === null ? Number.NaN : Date.parse(form[1] === undefined || form[3] !== undefined ? value : `${value}Z`);
  if (Number.isNaN(time)) throw new InvalidArgumentError('expected a date such as 2026-01-31 or a time such as 2026-01-31T10:00Z');
  return time;
}

export function parseNumber(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0 || value.trim() === '') throw new InvalidArgumentError('expected a whole number');
  return number;
}

/** Throws `ConfigError` for a system or stream that is not there; undefined names none. */
export function checkScope(systems: readonly (string | undefined)[], streams: readonly (string | undefined)[], config: Config): void {
  const known = Object.keys(config.systems);
  for (const name of systems) {
    if (name !== undefined && !known.includes(name))
      throw new ConfigError('CONFIG_USAGE', `there is no system "${name}" in the configuration${suggestion(name, known) || `; there are ${known.join(', ')}`}`);
  }
  for (const name of streams) {
    if (name !== undefined && !STREAMS.includes(name))
      throw new ConfigError('CONFIG_USAGE', `there is no stream "${name}"${suggestion(name, STREAMS) || `; there are ${STREAMS.join(', ')}`}`);
  }
}

/** The argument of commands about mappings in use. */
export const OF_STREAM = ['[system/stream]', 'only of this system, or of one stream of it'] as const;

/** What such an argument names. Throws `ConfigError` for what is not there. */
export function streamScope(of: string | undefined, config: Config): { readonly system?: string; readonly stream?: string } {
  const [system, stream] = of?.split('/') ?? [];
  checkScope([system], [stream], config);
  return { ...(system === undefined ? {} : { system }), ...(stream === undefined ? {} : { stream }) };
}

export const STREAMS: readonly string[] = ['clients', 'cards', 'additional-cards', 'card-types', 'bonuses'];
