/** Why a system is not to be called now, in words that say when it goes on. */
import type { PauseRow } from '../../canonical/stores/calls.ts';
import { ConnectionError, type SverkaError, TransientError } from '../../core/errors.ts';
import { utcToWall } from '../../core/zone.ts';
import type { Closed } from '../../pipeline/closed.ts';

export function pausedNow(system: string, pause: PauseRow): Closed {
  const by = pause.paused_by === null ? '' : ` by ${pause.paused_by}`;
  return {
    code: 'SYSTEM_PAUSED',
    message: `${system} has been paused${by} since ${clockText('UTC', pause.paused_at)}; it goes on when somebody says so`,
    hint: `Let it go on with \`sverka system resume ${system}\`.`,
    until: null,
  };
}

export function quietNow(system: string, zone: string, until: number): Closed {
  return {
    code: 'SYSTEM_QUIET',
    message: `${system} has its quiet hours; it goes on at ${clockText(zone, until)}`,
    hint: 'Nothing needs to be done: a later run goes on. The hours are `quiet` of the system.',
    until,
  };
}

export function quotaUsed(system: string, zone: string, calls: number, until: number): Closed {
  return {
    code: 'SYSTEM_QUOTA',
    message: `the ${calls} calls a day to ${system} are used up; it goes on at ${clockText(zone, until)}`,
    hint: 'Nothing needs to be done: a run after that goes on. The quota is `callsPerDay` of the system.',
    until,
  };
}

/** As the error of a call that was not made. A pause has no end that could be waited for. */
export function closedError(closed: Closed, now: number): SverkaError {
  const { code, message, hint, until } = closed;
  if (until === null) return new ConnectionError(code, message, { hint });
  return new TransientError(code, message, { hint, retryAfterMs: Math.max(1, until - now) });
}

/** `2026-11-22 06:00 Europe/Moscow`. */
function clockText(zone: string, utc: number): string {
  return `${new Date(utcToWall(zone, utc)).toISOString().slice(0, 16).replace('T', ' ')} ${zone}`;
}
