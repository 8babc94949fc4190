/** What a mapping is compiled with: everything that is the system's own and not the vendor's. */

export type SettingValue = string | number | boolean;

export interface CompileOptions {
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Tables of the configuration: wire value → canonical name. */
  readonly lookups: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Top-level wire names of the stream's records; null: they are not checked. */
  readonly wire: readonly string[] | null;
  /** Values that a mapping names as `{ setting: name, default: … }`. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** Every setting that the vendor's connector knows, with or without a value; absent: they are not checked. */
  readonly settingNames?: readonly string[];
  /** Vendor and stream by the name of the file; absent: the file says what it likes. */
  readonly expect?: { readonly vendor: string; readonly stream: string };
  readonly overrides?: Overrides;
}

/** Lines of the configuration laid over the file's, for one system. */
export interface Overrides {
  /** Where the configuration says so; for messages. */
  readonly place: { readonly file: string; readonly line?: number; readonly column?: number };
  /** The place of one key (`atKey`) or value in the overrides, by the keys that lead to it: `['fields', 'phone', 'as']`. */
  placeOf?(path: readonly (string | number)[], atKey: boolean): { readonly file: string; readonly line?: number; readonly column?: number };
  /** As `fields` of a mapping; null takes a line of the file away. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** As `ignored` of a mapping; null takes a reason away. */
  readonly ignored?: Readonly<Record<string, unknown>>;
  /** As `constants` of a mapping; null takes a constant away. */
  readonly constants?: Readonly<Record<string, unknown>>;
  /** As `changedAt` and `createdAt` of a mapping; null takes the line away. */
  readonly changedAt?: unknown;
  readonly createdAt?: unknown;
}
