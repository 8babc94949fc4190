/** One thing that was measured, with what is asked of it. */
export interface Figure {
  readonly what: string;
  readonly found: string;
  readonly bar: string;
  readonly met: boolean;
}
