/** Tells people of trouble: each once until it changes, and once more when it is over, whichever process notices first. */
import type { Store } from '../../canonical/open.ts';
import { type AlertRow, claimDue, delivered, notDelivered, noteTroubles } from '../../canonical/stores/alerts.ts';
import type { AlertsConfig } from '../../config/schema/alerts.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { SverkaError } from '../../core/errors.ts';
import { type AlertMessage, faultOf, type Messenger, messengersOf } from './messengers.ts';
import { type TroubleOptions, troublesNow } from './troubles.ts';

export interface AlertOptions {
  readonly alerts: AlertsConfig;
  /** Names of the configured systems. */
  readonly systems: readonly string[];
  /** Names of the configured jobs. */
  readonly jobs: readonly string[];
  /** Period of the jobs of a system in ms; null or absent: `periodHours`. */
  readonly periodMs?: NonNullable<TroubleOptions['periodMs']>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WatchOptions extends Pick<AlertOptions, 'clock' | 'log'> {
  /** What is to be told of now, and to whom; null: nothing. Asked before each look. */
  readonly now: () => AlertOptions | null;
  /** Time between two looks, ms; a minute when silent. */
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;
/** A process that died while it delivered leaves the message to others after this. */
const CLAIM_MS = 120_000;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;

/** Looks again and again until the signal aborts. A store that cannot be reached is asked again with the next look. */
export async function watchAlerts(store: Store, options: WatchOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const now = options.now();
      if (now !== null) await checkAlerts(store, now, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SverkaError)) throw error;
      options.log.warn('the alerts could not be looked after', { code: error.code });
    }
    await options.clock.sleep(options.everyMs ?? EVERY_MS, signal).catch(() => undefined);
  }
}

export interface AlertRound {
  /** Messages that were delivered, and those that were not. */
  readonly told: number;
  readonly failed: number;
}

/** Looks once, and tells what is due. Throws `StoreError`. */
export async function checkAlerts(store: Store, options: AlertOptions, signal: AbortSignal): Promise<AlertRound> {
  const { clock, log } = options;
  const now = clock.now();
  const troubles = await troublesNow(store, options, now);
  await store.transaction((trx) => noteTroubles(trx, troubles, now));
  const messengers = messengersOf(options.alerts, clock);
  const round = { told: 0, failed: 0 };
  for (const row of await claimDue(store.db, now, now + CLAIM_MS)) {
    const faults = await tell(messengers, messageOf(row, clock.now()), signal);
    const fault = [...new Set(faults)].join(', ');
    // One way that works is enough: those who are told on it would be told twice otherwise.
    if (faults.length < messengers.length) {
      round.told += 1;
      await delivered(store.db, row);
      log.info('told of an alert', { subject: row.subject, over: row.print === '' });
      if (fault !== '') log.warn('an alert was not delivered on all ways', { subject: row.subject, fault });
      continue;
    }
    round.failed += 1;
    log.warn('an alert could not be delivered', { subject: row.subject, fault, attempts: row.attempts + 1 });
    await notDelivered(store.db, row, fault, clock.now() + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(row.attempts, 10)));
  }
  return round;
}

/** Sends a message that says that it is a test on every way; answers the faults, one for each way that did not work. */
export async function testAlerts(alerts: AlertsConfig, clock: Clock, signal: AbortSignal): Promise<readonly string[]> {
  const at = new Date(clock.now()).toISOString();
  return tell(messengersOf(alerts, clock), { subject: 'test', state: 'test', text: 'This is a test: alerts of Sverka arrive here.', since: at, at }, signal);
}

async function tell(messengers: readonly Messenger[], message: AlertMessage, signal: AbortSignal): Promise<readonly string[]> {
  const results = await Promise.allSettled(messengers.map((send) => send(message, signal)));
  return results.flatMap((result) => (result.status === 'rejected' ? [faultOf(result.reason)] : []));
}

function messageOf(row: AlertRow, now: number): AlertMessage {
  const over = row.print === '';
  return {
    subject: row.subject,
    state: over ? 'over' : 'raised',
    text: over ? `over: ${row.text}` : row.text,
    since: new Date(row.since).toISOString(),
    at: new Date(now).toISOString(),
  };
}
