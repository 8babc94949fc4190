/** The last ten digits of a free-form phone, which is what two spellings of one number share. */
export const phoneKey = (phone: string): string => phone.replace(/\D/g, '').slice(-10);

/** One text key to many ids; the empty key is not kept. */
export class Index {
  private readonly ids = new Map<string, Set<string>>();

  /** Files an id under its new key. */
  move(id: string, from: string, to: string): void {
    if (from === to) return;
    const old = this.ids.get(from);
    if (old?.delete(id) === true && old.size === 0) this.ids.delete(from);
    if (to === '') return;
    const set = this.ids.get(to);
    if (set === undefined) this.ids.set(to, new Set([id]));
    else set.add(id);
  }

  /** The ids under a key, in the order they came. */
  get(key: string): string[] {
    return [...(this.ids.get(key) ?? [])];
  }
}
