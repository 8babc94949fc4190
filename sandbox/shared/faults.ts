/** What a sandbox server may do wrong on purpose. */
export type FaultKind = 'latency' | 'status' | 'reset-before' | 'reset-after' | 'truncate' | 'html' | 'duplicate-page' | 'shift-page' | 'silent-error';

/** One planned misbehaviour. Which fields count depends on `kind`. */
export interface Fault {
  kind: FaultKind;
  /** Requests it applies to; without it every request. `path` is tested against the path without the query. */
  match?: { method?: string; path?: RegExp };
  /** How many matching requests it hits, default 1; `Infinity` for ever. */
  times?: number;
  /** How many matching requests pass first, default 0. */
  skip?: number;
  /** `status`: the HTTP status to answer before any effect, default 503. */
  status?: number;
  /** `status`: seconds of a `Retry-After` header. */
  retryAfterSeconds?: number;
  /** `latency`: milliseconds of delay. */
  ms?: number;
  /** `truncate`: true gives the half its own correct Content-Length, so that only a parser can notice. */
  clean?: boolean;
  /** `html`: true performs the effect before the page is sent. */
  effect?: boolean;
}

interface Armed {
  fault: Fault;
  skip: number;
  left: number;
}

const matches = (fault: Fault, method: string, path: string): boolean => {
  const { match } = fault;
  if (match?.method !== undefined && match.method.toUpperCase() !== method.toUpperCase()) return false;
  return match?.path === undefined || path.search(match.path) >= 0;
};

/** The planned faults of one server, counted down as requests come. */
export class Faults {
  private armed: Armed[] = [];

  /** Plans a fault; it counts matching requests from now on. */
  add(fault: Fault): void {
    this.armed.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  /** Forgets every planned fault. */
  clear(): void {
    this.armed = [];
  }

  /** How many planned faults have hits left. */
  get pending(): number {
    return this.armed.length;
  }

  /** The faults that hit this request, in the order they were added; each is counted down by one. */
  take(method: string, path: string): Fault[] {
    if (this.armed.length === 0) return [];
    const hit: Fault[] = [];
    for (const entry of this.armed) {
      if (!matches(entry.fault, method, path)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      hit.push(entry.fault);
    }
    if (hit.length > 0) this.armed = this.armed.filter((entry) => entry.left > 0);
    return hit;
  }
}

/** Whether a fault of that kind is among those that hit the request. */
export function hasFault(faults: readonly Fault[], kind: FaultKind): boolean {
  return faults.some((fault) => fault.kind === kind);
}
