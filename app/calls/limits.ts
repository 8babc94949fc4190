/** What a system may be called, out of its configuration. */
import type { SystemConfig } from '../../config/schema/system.ts';
import { DAYS, type QuietHours } from './quiet.ts';

export interface Limits {
  /** Calls under way at one time, all processes together. */
  readonly concurrency: number;
  /** Calls in any span of `windowMs`, all processes together; null: as fast as answers come. */
  readonly permits: number | null;
  readonly windowMs: number;
  /** Calls a day of the zone; null: as many as there are. */
  readonly perDay: number | null;
  readonly quiet: readonly QuietHours[];
  /** IANA zone of the quiet hours and of the day. */
  readonly zone: string;
  /** How long a call may take: for so long the calls of a process that fell silent are still counted. */
  readonly timeoutMs: number;
  /** How far the vendor's clock may be off: so long around midnight no call is made whose day would be in doubt. */
  readonly clockErrorMs: number;
}

type Configured = Pick<SystemConfig, 'rate' | 'concurrency' | 'callsPerDay' | 'quiet' | 'timeoutSeconds' | 'clockErrorSeconds'>;

export function limitsOf(config: Configured, zone: string): Limits {
  const { rate } = config;
  return {
    concurrency: config.concurrency,
    // Never more in any second; below one a second, one call in the time that the rate gives it.
    permits: rate === undefined ? null : Math.max(1, Math.floor(rate)),
    windowMs: rate === undefined || rate >= 1 ? 1000 : Math.ceil(1000 / rate),
    perDay: config.callsPerDay ?? null,
    quiet: config.quiet.map(({ from, to, days }) => ({
      from: minutesOf(from),
      to: minutesOf(to),
      ...(days === undefined ? {} : { days: DAYS.filter((day) => days.includes(day)) }),
    })),
    zone,
    timeoutMs: Math.round(config.timeoutSeconds * 1000),
    clockErrorMs: Math.round(config.clockErrorSeconds * 1000),
  };
}

/** Minutes since midnight of HH:MM. */
function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}
