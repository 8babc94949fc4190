/** What a person confirms before a full load, and what a run is told of it. */

/** What a full load puts there, in records. */
export interface LoadCounts {
  /** There now, and put back as they are, changed, or not at all. */
  readonly there: number;
  readonly changed: number;
  readonly dropped: number;
  readonly created: number;
  /** There, but not in a form in which they could be put back: a load is refused as long as there are any. */
  readonly unread: number;
  /** Wire fields that a load cannot put back, with how many records hold something in them. */
  readonly lost: Readonly<Record<string, number>>;
}

/** A load that a person has confirmed. */
export interface LoadRequest {
  readonly system: string;
  readonly stream: string;
  /** The counts as they were shown: where they are others by now, nothing is sent. */
  readonly confirmed: LoadCounts;
}
