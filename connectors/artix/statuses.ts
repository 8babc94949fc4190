/** What the exchange service calls back about a load, and what it comes to. */
import type { Json } from '../../core/contract.ts';
import type { Notice } from '../../core/notices.ts';
import { isObject, text } from '../shared/records.ts';
import type { StatusSettings } from './settings-commands.ts';

/** The statuses of a load; there is another one for sales. */
const STATUSES = ['STATUS_DURING', 'STATUS_READY', 'STATUS_READY_WITH_ERROR', 'STATUS_ERROR'] as const;
export type Status = (typeof STATUSES)[number];

/** Whose status it is: the converter's (`backOfficeState`), or a cash desk's (`cashLoad:7`). */
export type Told = Readonly<Record<string, Status>>;

/** Cash desks whose words are kept for one load; more than that no shop has. */
const MAX_DESKS = 40;

const isStatus = (value: unknown): value is Status => (STATUSES as readonly unknown[]).includes(value);

/** What was told so far, out of what is kept of it. */
export function toldOf(notice: Pick<Notice, 'told'>): Told {
  const json: Json = notice.told === null ? {} : (JSON.parse(notice.told) as Json);
  if (!isObject(json)) return {};
  return Object.fromEntries(Object.entries(json).flatMap(([who, status]): [string, Status][] => (isStatus(status) ? [[who, status]] : [])));
}

/** With one more word. A last word stands: what comes late about a load that failed does not mend it. */
export function withWord(told: Told, who: string, status: Status): Told {
  const before = told[who];
  if (before === 'STATUS_ERROR' || before === 'STATUS_READY_WITH_ERROR' || (before === 'STATUS_READY' && status === 'STATUS_DURING')) return told;
  if (before === undefined && Object.keys(told).length > MAX_DESKS) return told;
  return { ...told, [who]: status };
}

/** What a load has come to: all loaded, nothing loaded, loaded but for some commands that nobody names, or not known yet. */
export type Verdict = 'loaded' | 'failed' | 'partly' | 'pending';

export function verdictOf(told: Told, doneBy: StatusSettings['doneBy']): Verdict {
  const words = Object.values(told);
  if (told['backOfficeState'] === 'STATUS_ERROR') return 'failed';
  // One desk that failed does not undo what the server and the other desks hold.
  if (words.includes('STATUS_READY_WITH_ERROR') || words.includes('STATUS_ERROR')) return 'partly';
  const last = Object.entries(told).filter(([who]) => (doneBy === 'cashLoad' ? who.startsWith('cashLoad:') : who === 'backOfficeState'));
  return last.some(([, status]) => status === 'STATUS_READY') ? 'loaded' : 'pending';
}

/** Of a load for several shops: the worst word counts, and all of them must have come. */
export function verdictOfAll(notices: readonly Pick<Notice, 'told'>[], doneBy: StatusSettings['doneBy']): Verdict {
  const verdicts = notices.map((notice) => verdictOf(toldOf(notice), doneBy));
  if (verdicts.includes('pending') || verdicts.length === 0) return 'pending';
  if (verdicts.every((one) => one === 'failed')) return 'failed';
  return verdicts.every((one) => one === 'loaded') ? 'loaded' : 'partly';
}

/** The status in the body of a call; null where there is none that is known. */
export function statusIn(body: Json): Status | null {
  const status = isObject(body) ? text(body.status) : '';
  return isStatus(status) ? status : null;
}
