import { localText } from '../shared/local-time.ts';
import type { Clock } from '../shared/server.ts';
import type { Said } from './fields.ts';
import type { ArtixOptions } from './options.ts';
import { type ArtixObject, RecordRefused } from './values.ts';

const keyOf = (said: Said, name: string): string => {
  const key = said.values[name];
  if (key === undefined) throw new RecordRefused(`${name}: missing`);
  return String(key);
};

/** Objects by key, in the order they came, with a list of keys ready for paging. */
export class Dictionary {
  readonly entries = new Map<string, ArtixObject>();
  private list: string[] | undefined;

  get(key: string): ArtixObject | undefined {
    return this.entries.get(key);
  }

  /** Replaces the object, or lays the fields over it; fields that were emptied go. */
  put(key: string, said: Said, mode: 'replace' | 'merge', updateTime: string): ArtixObject {
    const known = this.entries.get(key);
    const next: ArtixObject = mode === 'merge' ? { ...known, ...said.values } : { ...said.values };
    for (const name of said.cleared) delete next[name];
    next.update_time = updateTime;
    if (known === undefined) this.list = undefined;
    this.entries.set(key, next);
    return next;
  }

  delete(key: string): boolean {
    this.list = undefined;
    return this.entries.delete(key);
  }

  clear(): void {
    this.list = undefined;
    this.entries.clear();
  }

  /** Objects `start … start + size`. */
  slice(start: number, size: number): ArtixObject[] {
    this.list ??= [...this.entries.keys()];
    return this.list.slice(start, start + size).flatMap<ArtixObject>((key) => this.entries.get(key) ?? []);
  }
}

/** Clients, cards, card groups and additional cards of one cash server. */
export class ArtixState {
  readonly clients = new Dictionary();
  readonly cards = new Dictionary();
  readonly groups = new Dictionary();
  readonly additional = new Dictionary();
  readonly options: ArtixOptions;
  private readonly clock: Clock;
  private readonly cardByNumber = new Map<string, string>();

  constructor(options: ArtixOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Creates or changes a client by `idclient`. */
  putClient(said: Said, mode: 'replace' | 'merge'): ArtixObject {
    return this.clients.put(keyOf(said, 'idclient'), said, mode, this.now());
  }

  /** Changes a client that must exist. */
  updateClient(said: Said): ArtixObject {
    if (!this.clients.entries.has(keyOf(said, 'idclient'))) throw new RecordRefused('idclient: no such client');
    return this.putClient(said, 'merge');
  }

  /** Creates or changes a card by `idcard`; its `number` is unique among all cards. */
  putCard(said: Said, mode: 'replace' | 'merge'): ArtixObject {
    const id = keyOf(said, 'idcard');
    const before = this.cards.get(id);
    const number = String(said.values.number ?? (mode === 'merge' ? before?.number : undefined) ?? id);
    const holder = this.cardByNumber.get(number);
    if (holder !== undefined && holder !== id) throw new RecordRefused('number: belongs to another card');
    if (before !== undefined) this.cardByNumber.delete(String(before.number));
    this.cardByNumber.set(number, id);
    const cleared = said.cleared.filter((name) => name !== 'number');
    return this.cards.put(id, { values: { ...said.values, number }, cleared }, mode, this.now());
  }

  /** Removes a card by `idcard`. */
  deleteCard(id: string): boolean {
    const card = this.cards.get(id);
    if (card !== undefined) this.cardByNumber.delete(String(card.number));
    return this.cards.delete(id);
  }

  /** Empties the card dictionary. */
  clearCards(): void {
    this.cardByNumber.clear();
    this.cards.clear();
  }

  /** Creates or replaces a card group by `idcardgroup`. */
  putGroup(said: Said): ArtixObject {
    return this.groups.put(keyOf(said, 'idcardgroup'), said, 'replace', this.now());
  }

  /** Creates or replaces an additional card; it needs a card or a client to belong to. */
  putAdditional(said: Said): ArtixObject {
    keyOf(said, 'idcardgroup');
    if (said.values.cardnumber === undefined && said.values.idclient === undefined) throw new RecordRefused('cardnumber or idclient: missing');
    return this.additional.put(keyOf(said, 'additionalnumber'), said, 'replace', this.now());
  }

  private now(): string {
    return localText(this.clock(), this.options.zone);
  }
}
