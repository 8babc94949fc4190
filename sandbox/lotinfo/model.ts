/** Kinds of contact (Lotinfo API, adding clients). */
export type ContactType = 'mobile' | 'city' | 'email' | 'other';

/** A contact as stored. */
export interface LotinfoContact {
  id: number;
  type: ContactType;
  value: string;
  general: boolean;
  comment: string;
  /** Activity tracking; written as `spy`, read as `sky`. */
  spy: boolean;
}

/** A comment as stored. */
export interface LotinfoComment {
  id: number;
  value: string;
  /** Milliseconds since 1970. */
  at: number;
  userId: string;
}

/** A client's share in an object. */
export interface LotinfoShare {
  id: number;
  name: string;
  lpr: boolean;
  doled: string;
}

/** States of a client, as `filter.delclient` counts them. */
export type LotinfoState = 1 | 2 | 3 | 4;

/** The scalar fields of a client in the order in which reads show them, with the titles reads give them. */
export const scalarTitles = {
  userId: 'Агент',
  apiIdExchange: 'ID во внешней системе',
  fioF: 'Фамилия',
  fioI: 'Имя',
  fioO: 'Отчество',
  fioDesc: 'Описание',
  sex: 'Пол',
  birthday: 'День рождения',
  deeps: 'Правоспособность',
  deepon: 'Дееспособность',
  clientc: 'Тип клиента',
  family: 'Семейное положение',
  address: 'Адрес',
  regionId: 'ID региона',
  regionName: 'Регион',
  cityId: 'ID города',
  cityName: 'Город',
  clientType: 'Вид клиента',
  agency: 'Агентство',
} as const;

/** Name of a scalar field. */
export type LotinfoField = keyof typeof scalarTitles;

/** A client as the sandbox keeps it; every scalar is a string, as reads show it. */
export interface LotinfoClient {
  id: number;
  fields: Partial<Record<LotinfoField, string>>;
  userCategory: string[];
  contacts: LotinfoContact[];
  comments: LotinfoComment[];
  /** Kept, never read back: the vendor's reading page does not show it. */
  passport: Record<string, string> | undefined;
  objects: LotinfoShare[];
  orders: { id: number; name: string }[];
  state: LotinfoState;
  /** Milliseconds since 1970. */
  addedAt: number;
  /** Milliseconds since 1970. */
  editedAt: number;
}

/** A member of `errors`; `index` counts the rows of `data` from 0. */
export interface LotinfoError {
  field: string;
  text: string;
  index?: number;
}

/** A member of `notices`. */
export interface LotinfoNotice {
  notice: number;
  notice_text: string;
  notice_field: string;
  notice_array: number;
}

/** A row of `PUT /v1/CLIENTS`, checked, without ids and times. */
export type LotinfoRow = Pick<LotinfoClient, 'fields' | 'userCategory' | 'passport' | 'orders'> & {
  contacts: Omit<LotinfoContact, 'id'>[];
  comments: string[];
  objects: (Omit<LotinfoShare, 'lpr'> & { lpr: boolean | undefined })[];
};

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
