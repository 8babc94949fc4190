import { writeDate } from './dates.ts';
import type { VodyanoyAddress, VodyanoyClient } from './model.ts';
import type { VodyanoyEmployee, VodyanoyOptions } from './options.ts';

type Wire = Record<string, string>;

/** Empty values are not sent. */
const filled = (fields: Wire): Wire => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

const date = (at: number | undefined, zone: string): string => (at === undefined ? '' : writeDate(at, zone));

/** One line of an address: `Научная ул,24, кв.41`. */
export function addressLine(address: VodyanoyAddress, streets: ReadonlyMap<string, string>): string {
  const house = [address.dom, address.korpus === '' ? '' : `корп.${address.korpus}`].filter((part) => part !== '');
  const street = [streets.get(address.ulica) ?? '', ...house].filter((part) => part !== '').join(',');
  return address.kv === '' ? street : `${street}, кв.${address.kv}`;
}

/** A client with UPPER-case keys, as in lists, by code and by `psw`. */
export function upperClient(client: VodyanoyClient, options: VodyanoyOptions): Wire {
  return filled({
    ID: client.id,
    NAIMENOVANIE: client.naimenovanie,
    TELEFON: client.telefon,
    DOP_SC: client.comment,
    EMAIL: client.email,
    DSZD: date(client.createdAt, options.zone),
    DATAIZM: date(client.changedAt, options.zone),
    DISP: client.disp,
  });
}

/** A client with lower-case keys, as in the answer to `tel`: `telefon` is the phone asked for. */
export function lowerClient(client: VodyanoyClient, asked: string, options: VodyanoyOptions): Wire {
  const line = addressLine(client.address, options.streets);
  return filled({
    ...client.more,
    id: client.id,
    naimenovanie: client.naimenovanie,
    telefon: asked,
    fam: client.fam,
    imja: client.imja,
    otchestvo: client.otchestvo,
    dszd: date(client.createdAt, options.zone),
    dataizm: date(client.changedAt, options.zone),
    eto_gruppa: client.isGroup ? '1' : '0',
    disp: client.disp,
    polnoenaimenovanie: client.polnoenaimenovanie,
    adresur: client.adresur === '' ? line : client.adresur,
    adresfakt: line,
    nomer_karty: client.nomer_karty,
  });
}

/** An employee as the dictionary shows it. */
export function upperEmployee(employee: VodyanoyEmployee, options: VodyanoyOptions): Wire {
  return filled({
    ID: employee.id,
    NAIMENOVANIE: employee.naimenovanie,
    IMJA: employee.imja,
    DOLJNOST: employee.doljnost,
    VIDDOLJN: employee.viddoljn,
    DSZD: date(employee.createdAt, options.zone),
    DATAIZM: date(employee.changedAt, options.zone),
  });
}
