/** The ways on which an alert leaves: a webhook, and e-mail. */
import type { AlertsConfig } from '../../config/schema/alerts.ts';
import type { Clock } from '../../core/context.ts';
import { ContractError, SverkaError } from '../../core/errors.ts';
import { createBudget } from '../adapters/budget.ts';
import { createHttp } from '../adapters/http.ts';
import { isPrivateHost } from '../adapters/private-address.ts';

/** What is told. `text` holds names, codes, counts and times; never values of people. */
export interface AlertMessage {
  readonly subject: string;
  readonly state: 'raised' | 'over' | 'test';
  readonly text: string;
  /** ISO 8601, UTC: since when the trouble stands, and when this was written. */
  readonly since: string;
  readonly at: string;
}

/** Delivers a message, or throws; what is thrown names no address. */
export type Messenger = (message: AlertMessage, signal: AbortSignal) => Promise<void>;

const TIMEOUT_MS = 15_000;

export function messengersOf(alerts: AlertsConfig, clock: Clock): readonly Messenger[] {
  return [...(alerts.webhook === undefined ? [] : [webhook(alerts.webhook, clock)]), ...(alerts.email === undefined ? [] : [email(alerts.email)])];
}

function webhook({ url, insecure }: NonNullable<AlertsConfig['webhook']>, clock: Clock): Messenger {
  const http = createHttp({ clock, timeoutMs: TIMEOUT_MS, maxResponseBytes: 1_000_000, insecure, budget: createBudget({ clock, concurrency: 1 }) });
  return async (message, signal) => {
    // Chat programs show `text`.
    const { status } = await http.send({ method: 'POST', url, json: JSON.stringify({ source: 'sverka', ...message }) }, signal);
    if (status < 200 || status >= 300) throw new ContractError('ALERT_NOT_DELIVERED', `the webhook answered HTTP ${status}`);
  };
}

function email({ smtp, from, to }: NonNullable<AlertsConfig['email']>): Messenger {
  return async (message) => {
    const { createTransport } = await import('nodemailer');
    const { hostname, protocol } = new URL(smtp);
    const transport = createTransport({
      url: smtp,
      // A password and the names of systems do not travel in the clear over the open net.
      requireTLS: protocol === 'smtp:' && !isPrivateHost(hostname),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from,
        to: [...to],
        subject: `[sverka] ${{ raised: 'trouble', over: 'over', test: 'test' }[message.state]}: ${message.subject}`,
        text: `${message.text}\n\nSince ${message.since}; written ${message.at}.\n`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } finally {
      transport.close();
    }
  };
}

/** What may be said of a failed delivery: addresses and tokens stand in the messages of those who failed. */
export function faultOf(error: unknown): string {
  if (error instanceof ContractError && error.code === 'ALERT_NOT_DELIVERED') return error.message;
  if (error instanceof SverkaError) return error.code;
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : error.name;
}
