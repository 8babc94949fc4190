/** A row of the employees' dictionary (Vodyanoy REST, dictionaries). */
export interface VodyanoyEmployee {
  id: string;
  naimenovanie: string;
  imja: string;
  doljnost: string;
  viddoljn: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Milliseconds since 1970. */
  changedAt: number;
}

/**
 * The choices of the Vodyanoy sandbox. Each stands for something the vendor's pages leave open; the defaults are
 * guesses of ours, so a connector has to work under every setting.
 */
export interface VodyanoyOptions {
  /** The access token: `token` in the query or `Authorization: Bearer`. */
  token: string;
  /** IANA zone of every date the program shows or takes. */
  zone: string;
  /** What `total` of a list counts. */
  total: 'rows-returned' | 'rows-in-all';
  /** Which client answers `tel` when several share the phone, by the order of codes. */
  sharedPhone: 'first' | 'last';
  /** HTTP status of a successful creation. */
  createStatus: 200 | 201;
  /** Whether `PATCH /api/clients/:id` exists. */
  patch: boolean;
  /** Whether a new record has a `DATAIZM`; without it `updated_gte` does not find the record. */
  changeTimeOnCreate: boolean;
  /** Rows of a list asked for without `limit`. */
  defaultLimit: number;
  /** Streets by code, for the address lines. */
  streets: ReadonlyMap<string, string>;
  employees: readonly VodyanoyEmployee[];
}

const hired = Date.UTC(2019, 2, 24, 6, 0, 0);

/** The settings that `VodyanoySandbox` starts from. */
export const vodyanoyDefaults: VodyanoyOptions = {
  token: 'vodyanoy-sandbox-token',
  zone: 'Europe/Moscow',
  total: 'rows-returned',
  sharedPhone: 'first',
  createStatus: 200,
  patch: false,
  changeTimeOnCreate: true,
  defaultLimit: Number.POSITIVE_INFINITY,
  streets: new Map([
    ['10000000000011', 'Краеведческая ул'],
    ['10000000000012', 'Научная ул'],
    ['10000000000013', '339-й Стрелковой Дивизии ул'],
  ]),
  employees: [
    {
      id: '10000000000010',
      naimenovanie: 'Диспетчер первой смены',
      imja: 'Ольга',
      doljnost: 'Диспетчер',
      viddoljn: '10000000000001',
      createdAt: hired,
      changedAt: hired,
    },
  ],
};
