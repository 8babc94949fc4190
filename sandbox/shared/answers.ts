import type { Fault } from './faults.ts';

/** What a vendor machine answers. */
export interface SandboxAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

/** A JSON answer in UTF-8. */
export function jsonAnswer(status: number, value: unknown): SandboxAnswer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}

/** An answer without a body. */
export function emptyAnswer(status: number): SandboxAnswer {
  return { status, body: '' };
}

/** A proxy's error page sent with status 200. */
export function htmlPage(): SandboxAnswer {
  const text = '<h1>Bad Gateway</h1>';
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>${text}</body></html>`,
  };
}

/** The answer of a `status` fault. */
export function refusal(fault: Fault): SandboxAnswer {
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  if (fault.retryAfterSeconds !== undefined) headers['retry-after'] = `${fault.retryAfterSeconds}`;
  const status = fault.status ?? 503;
  return { status, headers, body: `refused with ${status}` };
}

/** Where a page of rows is cut from a list, after the page faults have had their say. */
export interface PageWindow {
  /** Index of the first row, from 0. */
  start: number;
  /** What a total shown on this page differs by. */
  totalDelta: number;
}

/**
 * Window of a list page under faults. `duplicate-page` gives the rows of the page before under this page's number.
 * `shift-page` acts as if one row in front of the page had been deleted meanwhile: one row is skipped, the total is one less.
 */
export function pageWindow(faults: readonly Fault[], start: number, size: number): PageWindow {
  const window = { start, totalDelta: 0 };
  if (start === 0) return window;
  for (const fault of faults) {
    if (fault.kind === 'duplicate-page') window.start = Math.max(0, window.start - size);
    if (fault.kind === 'shift-page') {
      window.start += 1;
      window.totalDelta -= 1;
    }
  }
  return window;
}
