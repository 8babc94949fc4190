/** A client's main delivery address. */
export interface VodyanoyAddress {
  id: string;
  /** Code of the street. */
  ulica: string;
  dom: string;
  korpus: string;
  kv: string;
  /** For the driver. */
  commvod: string;
  /** For the dispatcher. */
  commdisp: string;
}

/** A client as the sandbox keeps it; empty strings are values that are not there. */
export interface VodyanoyClient {
  id: string;
  naimenovanie: string;
  polnoenaimenovanie: string;
  fam: string;
  imja: string;
  otchestvo: string;
  /** Free text, maybe several phones with names. */
  telefon: string;
  /** The comment, read as `DOP_SC` and written as `dop_sv`. */
  comment: string;
  email: string;
  adresur: string;
  nomer_karty: string;
  /** Code of the responsible employee. */
  disp: string;
  /** 1 = an office. */
  etoof: number;
  isGroup: boolean;
  /** Code of the parent group. */
  roditel: string;
  /** SHA-256 of the client's password, hexadecimal. */
  pswHash: string;
  /** Debt in kopecks; negative = prepayment. */
  debt: number;
  /** What its balance is answered with instead, as JSON text. */
  balanceAnswer?: string;
  address: VodyanoyAddress;
  /** Further fields of the `tel` answer by their wire names. */
  more: Record<string, string>;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Milliseconds since 1970; undefined when never changed. */
  changedAt: number | undefined;
}

/** One phone as ten digits without the country, or the digits as they are when they form no Russian number. */
export function phoneKey(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length === 11 && /^[78]/.test(digits) ? digits.slice(1) : digits;
}

const PHONES = /(?<!\d)(?:\+?[78][\s(-]*)?\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)/g;

/** The phones in a free text. */
export function phonesIn(text: string): string[] {
  return [...new Set((text.match(PHONES) ?? []).map(phoneKey))];
}
