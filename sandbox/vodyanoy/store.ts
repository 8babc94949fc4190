import { createHash } from 'node:crypto';
import { phoneKey, phonesIn, type VodyanoyAddress, type VodyanoyClient } from './model.ts';

/** A client to seed; everything but the name may be left out. `psw` is kept as its hash only. */
export type VodyanoySeed = Partial<Omit<VodyanoyClient, 'id' | 'address' | 'pswHash' | 'changedAt'>> & {
  naimenovanie: string;
  address?: Partial<Omit<VodyanoyAddress, 'id'>>;
  psw?: string;
  changedAt?: number | undefined;
};

/** The checksum kept in place of a password. */
export function pswHash(psw: string): string {
  return psw === '' ? '' : createHash('sha256').update(psw).digest('hex');
}

const emptyAddress = { ulica: '', dom: '', korpus: '', kv: '', commvod: '', commdisp: '' };

/** The clients of one firm with an index of the phones in their free texts. */
export class VodyanoyStore {
  /** In the order of codes: a code is never given twice. */
  readonly clients = new Map<string, VodyanoyClient>();
  private readonly byPhone = new Map<string, Set<string>>();
  private lastClient = 10_000_000_000_000;
  private lastAddress = 10_000_000_000_000;

  /** Stores a new client. */
  add(seed: VodyanoySeed, at: number, changedAt: number | undefined): VodyanoyClient {
    const { address, psw = '', ...rest } = seed;
    const client: VodyanoyClient = {
      polnoenaimenovanie: seed.naimenovanie,
      fam: '',
      imja: '',
      otchestvo: '',
      telefon: '',
      comment: '',
      email: '',
      adresur: '',
      nomer_karty: '',
      disp: '',
      etoof: 0,
      isGroup: false,
      roditel: '',
      debt: 0,
      more: {},
      createdAt: at,
      ...rest,
      changedAt,
      pswHash: pswHash(psw),
      id: `${++this.lastClient}`,
      address: { ...emptyAddress, ...address, id: `${++this.lastAddress}` },
    };
    this.clients.set(client.id, client);
    this.index(client, true);
    return client;
  }

  /** Lays fields over a client and moves its change time. */
  change(client: VodyanoyClient, edit: Partial<VodyanoySeed>, at: number): void {
    const { address, psw, ...rest } = edit;
    this.index(client, false);
    Object.assign(client, rest, { changedAt: at });
    if (address !== undefined) Object.assign(client.address, address);
    if (psw !== undefined) client.pswHash = pswHash(psw);
    this.index(client, true);
  }

  /** Forgets a client. */
  remove(client: VodyanoyClient): void {
    this.index(client, false);
    this.clients.delete(client.id);
  }

  /** The clients whose phones include that number, by code. */
  byTel(phone: string): VodyanoyClient[] {
    const ids = [...(this.byPhone.get(phoneKey(phone)) ?? [])].sort((a, b) => Number(a) - Number(b));
    return ids.flatMap((id) => this.clients.get(id) ?? []);
  }

  private index(client: VodyanoyClient, present: boolean): void {
    for (const phone of phonesIn(client.telefon)) {
      const ids = this.byPhone.get(phone) ?? new Set<string>();
      this.byPhone.set(phone, ids);
      if (present) ids.add(client.id);
      else ids.delete(client.id);
    }
  }
}
