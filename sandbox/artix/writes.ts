/** One successful call or command with an effect. */
export interface ArtixWrite {
  route: 'file' | 'http' | 'csrest' | 'acc';
  /** The command (`addClient`), or method and path (`POST dictionaries/clients`). */
  call: string;
  /** The key it touched, empty for the clear commands. */
  key: string;
  /** The command or the body as parsed. */
  body: unknown;
  at: number;
}

/** Files a write in the log. */
export type RecordWrite = (route: ArtixWrite['route'], call: string, key: string, body: unknown) => void;
