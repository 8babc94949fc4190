import type { LotinfoClient, LotinfoComment, LotinfoNotice, LotinfoRow } from './model.ts';

/** A share of a client in an object, with the client. */
interface Owner {
  client: LotinfoClient;
  share: LotinfoClient['objects'][number];
}

/** The base of one agency: clients and who owns which object. */
export class LotinfoStore {
  readonly clients = new Map<number, LotinfoClient>();
  private readonly owners = new Map<number, Owner[]>();
  private lastClient = 100;
  private lastContact = 500;
  private lastComment = 200;

  /** Stores a checked row; `index` is its place in the batch and goes into the notices. */
  insert(row: LotinfoRow, index: number, at: number): { id: number; notices: LotinfoNotice[] } {
    const client: LotinfoClient = {
      id: ++this.lastClient,
      fields: row.fields,
      userCategory: row.userCategory,
      contacts: [],
      comments: [],
      passport: row.passport,
      objects: [],
      orders: row.orders,
      state: 1,
      addedAt: at,
      editedAt: at,
    };
    this.clients.set(client.id, client);
    this.setContacts(client, row.contacts);
    for (const value of row.comments) this.addComment(client, value, row.fields.userId ?? '', at);
    return { id: client.id, notices: row.objects.flatMap((share) => this.own(client, share, index, at)) };
  }

  /** Replaces the contacts of a client; each gets a new id. */
  setContacts(client: LotinfoClient, contacts: LotinfoRow['contacts']): void {
    client.contacts = contacts.map((contact) => ({ ...contact, id: ++this.lastContact }));
  }

  /** Adds a comment; the client counts as edited. */
  addComment(client: LotinfoClient, value: string, userId: string, at: number): LotinfoComment {
    const comment = { id: ++this.lastComment, value, at, userId };
    client.comments.push(comment);
    client.editedAt = at;
    return comment;
  }

  /** Forgets a client and its shares altogether. */
  purge(id: number): void {
    this.clients.delete(id);
    for (const [object, owners] of this.owners)
      this.owners.set(
        object,
        owners.filter((owner) => owner.client.id !== id),
      );
  }

  /** The values of `apiIdExchange` in use. */
  apiIds(): Set<string> {
    const used = new Set<string>();
    for (const { fields } of this.clients.values()) if (fields.apiIdExchange !== undefined) used.add(fields.apiIdExchange);
    return used;
  }

  /**
   * Gives a client a share in an object. One owner decides (`lpr`): the first one when nobody says so, else the last
   * one that was named, and the former loses it with notice 5 (Lotinfo API, adding clients, example of an answer).
   */
  private own(client: LotinfoClient, asked: LotinfoRow['objects'][number], index: number, at: number): LotinfoNotice[] {
    const owners = this.owners.get(asked.id) ?? [];
    this.owners.set(asked.id, owners);
    const former = owners.find((owner) => owner.share.lpr);
    const share = { ...asked, lpr: asked.lpr === true || former === undefined };
    owners.push({ client, share });
    client.objects.push(share);
    if (asked.lpr !== true || former === undefined) return [];
    former.share.lpr = false;
    former.client.editedAt = at;
    return [
      {
        notice: 5,
        notice_text: `У этого объекта уже был клиент с ЛПР=1, теперь ЛПР=1 у клиента ${index + 1}.`,
        notice_field: 'lpr',
        notice_array: index,
      },
    ];
  }
}
