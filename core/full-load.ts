/** Part of the contract of a connector (`contract.ts`). */
import type { WireBody } from './json.ts';
import type { Outcome, PushOperation } from './push.ts';

/** A full load: what is there is cleared and what is given is added, in one piece, so that no stop in between leaves the system empty. */
export interface FullLoad {
  /** Wire fields that can be given back. What a record holds beside them is lost. */
  readonly takes: readonly string[];
  /** Wire fields that the vendor fills anew by itself, so that nothing is lost with them. */
  readonly refilled: readonly string[];
  /**
   * One outcome for all; its handle is that of the load, `handles` are those of what is confirmed by itself, by operation. `intend` is
   * awaited with both before anything leaves.
   */
  send(
    records: AsyncIterable<LoadRecord>,
    signal: AbortSignal,
    intend?: (load: string, handles: ReadonlyMap<string, string>) => Promise<void>,
  ): Promise<{ readonly outcome: Outcome; readonly handles: ReadonlyMap<string, string> }>;
}

/** A record as it shall be after a full load. */
export type LoadRecord =
  | { readonly kept: { readonly key: string; readonly body: WireBody } }
  /** A create or an update; of an update `body` is the latest body with the fields laid over it. */
  | { readonly changed: PushOperation };
