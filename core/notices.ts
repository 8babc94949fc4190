/** Something that was sent and about which the vendor will call back. */
export interface Notice {
  /** The id that was sent with it. */
  readonly id: string;
  /** The id that the vendor is answered with, and uses from then on. */
  readonly reply: string;
  /** What was sent together. */
  readonly batch: string;
  /** What a call without an id names: a shop. */
  readonly topic: string;
  /** What was called back so far, in the connector's own form; null: nothing. At most 2,000 characters. */
  readonly told: string | null;
  /** The last word has come, or none is waited for any more. */
  readonly closed: boolean;
}

/**
 * What vendors call back, kept where every process on the store sees it: the one that sends and the one that listens. Whatever
 * is told is a hint, to be confirmed by reading where that is possible.
 */
export interface Notices {
  /** Makes ids known before they are sent: calls about ids that nobody issued are refused. */
  issue(notices: readonly Pick<Notice, 'id' | 'reply' | 'batch' | 'topic'>[]): Promise<void>;
  /** What was issued about a topic since then (UTC ms) and is not closed, the oldest first. */
  open(topic: string, since: number): Promise<readonly Notice[]>;
  /** By its id or its reply; null for an id that was never issued. */
  find(id: string): Promise<Notice | null>;
  batch(batch: string): Promise<readonly Notice[]>;
  tell(id: string, told: string, closed: boolean): Promise<void>;
  /** Nothing is waited for any more of what was sent together. */
  close(batch: string): Promise<void>;
}
