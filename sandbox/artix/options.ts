/** Every behaviour of Artix that the documents leave open, as a switch. */
export interface ArtixOptions {
  /** HTTP Basic login for CSrest and ACC; null switches authentication off. */
  basicAuth: { login: string; password: string } | null;
  /** What a POST of a known client or card does with the fields it does not name. */
  restWrite: 'replace' | 'merge';
  /** Body of the answer to a POST of a client or card: nothing, or the stored object. */
  postAnswer: 'empty' | 'object';
  /** HTTP status of reading one object that does not exist; its body is empty either way. */
  missingStatus: 200 | 204 | 404;
  /** Names of the paging parameters; parameters with other names are ignored. */
  pageParameters: readonly ['pageNumber', 'pageSize'] | readonly ['page', 'size'];
  /** Number of the first page. A number below it gives the first page. */
  firstPage: 0 | 1;
  /** Whether `bypage` answers carry `totalElements`. */
  totalElements: boolean;
  /** Largest page of `bypage`, also the page size when none is asked for. */
  pageCap: number;
  /** Largest answer of `GET assets`. */
  assetCap: number;
  /** How REST reads show fields without a value. */
  emptyAs: 'omit' | 'empty-text' | 'null';
  /** Whether REST reads show `update_time`. */
  showsUpdateTime: boolean;
  /** Whether the undocumented lists of cards and card groups answer; otherwise 404. */
  listsCards: boolean;
  /** Whether the server gives card groups ids of its own. */
  assignsGroupIds: boolean;
  /** A write-off below zero. */
  overdraft: 'refuse' | 'allow';
  /** Whether the status of a bonus card limits its assets (EARN_ONLY refuses SUB and so on). */
  statusChecked: boolean;
  /** A repeated `sessionId`: answered like the first, or refused; never booked twice. */
  repeatedSession: 'same-answer' | 'error';
  /** Format version of the file route: 1 lowers keys and drops `null` and `[]`, 2 keeps all as it is. */
  formatVersion: 1 | 2;
  /** Spelling of the members of the object form of `options` that version 2 knows. */
  optionKeys: 'lower' | 'camel' | 'both';
  /** `addClient` and `addCard` on a known id. */
  addExisting: 'replace' | 'merge';
  /** Whether commands that were never seen but follow the pattern (deleteCard, clearCard …) are taken. */
  unseenCommands: 'accept' | 'refuse';
  /** Whether the lines `### data begin ###` and `### data end ###` are skipped; otherwise they spoil the JSON. */
  skipsMarkers: boolean;
  /** What becomes of a file that was refused whole. */
  rejectedFile: 'backup' | 'delete' | 'leave';
  /** Whether a taken file is only queued (STATUS_DURING) until `finishLoads()`. */
  asyncLoad: boolean;
  /** Last part of the address of the exchange service: `loaddicts` or `loaddict`. */
  exchangePath: string;
  /** Shops that the exchange service knows; null: any. */
  shopCodes: readonly string[] | null;
  /** Charset of the exchange service's answers. */
  answerCharset: 'cp1251' | 'utf-8';
  /** Whether the exchange service calls back about each load. */
  callsBack: boolean;
  /** Codes of the cash desks that report a load after the converter has. */
  cashDesks: readonly string[];
  /** Where the online-card service keeps a phone: as the client has it, or its digits with 7. */
  onlinePhones: 'as-kept' | 'digits-7';
  /** IANA zone of the server's date-times. */
  zone: string;
}

/** The defaults: the documents where they speak, else the choices noted with each switch. */
export const defaultArtixOptions: ArtixOptions = {
  basicAuth: { login: 'admin', password: 'sandbox-artix-password' },
  restWrite: 'replace',
  postAnswer: 'empty',
  missingStatus: 404,
  pageParameters: ['pageNumber', 'pageSize'],
  firstPage: 0,
  totalElements: false,
  pageCap: 500,
  assetCap: 500,
  emptyAs: 'omit',
  showsUpdateTime: false,
  listsCards: true,
  assignsGroupIds: false,
  overdraft: 'refuse',
  statusChecked: false,
  repeatedSession: 'same-answer',
  formatVersion: 1,
  optionKeys: 'lower',
  addExisting: 'replace',
  unseenCommands: 'refuse',
  skipsMarkers: false,
  rejectedFile: 'backup',
  asyncLoad: false,
  exchangePath: 'loaddicts',
  shopCodes: null,
  answerCharset: 'cp1251',
  callsBack: true,
  cashDesks: ['1'],
  onlinePhones: 'as-kept',
  zone: 'Asia/Novosibirsk',
};
