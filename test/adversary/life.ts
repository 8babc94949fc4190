/**
 * The life of a world under any switches: first sync, silence, an edit on each side, an earning and a spending, silence again; then
 * edits of one value beside others in the same wire field, values taken away, and silence.
 */
import { expect } from 'vitest';
import type { RunReport } from '../../pipeline/report.ts';
import type { World } from '../support/world.ts';

/** Keys of one canonical client: its records by system and stream. */
export type Holdings = Map<string, string[]>;

/** Keys by client: `shop/clients` → keys. */
export async function holdings(world: World): Promise<Map<number, Holdings>> {
  const rows: { entity_id: number; name: string; stream: string; record_key: string }[] = await world.store
    .db('links')
    .join('records', 'records.id', 'links.record_id')
    .join('systems', 'systems.id', 'records.system_id')
    .where({ 'links.entity': 'client', 'records.stream': 'clients' })
    .select('links.entity_id', 'systems.name', 'records.stream', 'records.record_key');
  const clients = new Map<number, Holdings>();
  for (const row of rows) {
    const own = clients.get(row.entity_id) ?? new Map<string, string[]>();
    clients.set(row.entity_id, own);
    own.set(row.name, [...(own.get(row.name) ?? []), row.record_key].sort());
  }
  return clients;
}

/** A sync that must end without a problem. */
export async function clean(world: World, what: string): Promise<RunReport> {
  const report = await world.sync();
  expect(report.problems, what).toEqual([]);
  return report;
}

/** A sync that must send nothing and change nothing. */
export async function silent(world: World, what: string): Promise<void> {
  const before = world.writes();
  const report = await clean(world, what);
  expect(
    {
      writes: world.writes() - before,
      delivered: report.delivered,
      changed: report.resolved.clients.changed,
      created: report.resolved.clients.created,
      moved: report.resolved.movements,
    },
    what,
  ).toEqual({ writes: 0, delivered: 0, changed: 0, created: 0, moved: 0 });
}

/** Minor units in VirtualPOS and in Artix. */
export function points(world: World): { shop: number; tills: number } {
  const { virtualpos, artix } = world.sandbox;
  let shop = 0;
  for (const own of virtualpos.machine.state.bonuses.values()) for (const amount of own.values()) shop += amount;
  let tills = 0;
  const seen = new Set<string>();
  for (const card of artix.machine.cards.values()) {
    const number = String(card['number']);
    const account = artix.machine.accounts.cards.get(number);
    if (account === undefined || seen.has(account.accountNumber)) continue;
    seen.add(account.accountNumber);
    tills += artix.machine.balance(number);
  }
  return { shop, tills };
}

const MINUTE = 60_000;

/** A client with exactly one record in each of the named systems; `skip` have been used already. */
function pick(all: Map<number, Holdings>, names: readonly string[], skip: Set<number>, fits: (own: Holdings) => boolean = () => true): Holdings {
  for (const [id, own] of all) {
    if (skip.has(id) || !names.every((name) => own.get(name)?.length === 1) || !fits(own)) continue;
    skip.add(id);
    return own;
  }
  throw new Error('no client fits');
}

/** The card number of a VirtualPOS customer that has savings there and an account in Artix. */
function sharedCard(world: World, customer: string): string | undefined {
  const cards = world.sandbox.virtualpos.machine.state.cardsOf(customer);
  return cards.length !== 1 ? undefined : cards.map(({ uid }) => uid).find((uid) => world.sandbox.artix.machine.accounts.cards.has(uid));
}

/** Edits in VirtualPOS and in Artix, an earning in the one and a spending in the other, each seen on the other side. */
export async function traffic(world: World, round: number, used: Set<number>): Promise<void> {
  const { virtualpos, artix } = world.sandbox;
  const all = await holdings(world);
  const both = ['shop', 'tills'];
  const a = pick(all, both, used);
  const b = pick(all, both, used);
  const rich = (own: Holdings): boolean => {
    const customer = own.get('shop')?.[0] ?? '';
    const card = sharedCard(world, customer);
    return card !== undefined && virtualpos.machine.balance(customer, '1') >= 300 && artix.machine.balance(card) >= 300;
  };
  const c = pick(all, both, used, rich);
  const d = pick(all, both, used, rich);
  const before = points(world);
  world.clock.jump(5 * MINUTE);
  virtualpos.machine.editCustomer(key(a, 'shop'), { email: `shop.edit.${round}@example.org` });
  artix.machine.editClient(key(b, 'tills'), { email: `tills.edit.${round}@example.org` });
  virtualpos.machine.earn(key(c, 'shop'), '1', 500);
  artix.machine.spend(sharedCard(world, key(d, 'shop')) ?? '', 300);
  world.clock.jump(5 * MINUTE);
  await clean(world, `edits of round ${round}`);
  expect(artix.machine.clients.get(key(a, 'tills'))?.['email'], 'the edit in VirtualPOS').toBe(`shop.edit.${round}@example.org`);
  expect(virtualpos.machine.customers.get(key(b, 'shop'))?.email, 'the edit in Artix').toBe(`tills.edit.${round}@example.org`);
  const after = points(world);
  expect({ shop: after.shop - before.shop, tills: after.tills - before.tills }, 'points').toEqual({ shop: 200, tills: 200 });
}

const key = (own: Holdings, name: string): string => own.get(name)?.[0] ?? '';

/** Clients with values of which others stand in the same wire field. */
interface Neighbours {
  readonly inCrm: Holdings;
  readonly inDelivery: Holdings;
  readonly atTill: Holdings;
  readonly cleared: Holdings;
}

const PHONES = { crm: '+79990001120', delivery: '+79990001121' };

/** Chooses clients and gives some new phones in the shop. `theirs`: keys of clients that the CRM and the delivery made themselves. */
async function newPhones(world: World, theirs: ReadonlySet<string>, used: Set<number>): Promise<Neighbours> {
  const { virtualpos, lotinfo, vodyanoy } = world.sandbox;
  const all = await holdings(world);
  const has = (own: Holdings, field: 'phone' | 'email'): boolean => (virtualpos.machine.customers.get(key(own, 'shop'))?.[field] ?? '') !== '';
  const mobile = (own: Holdings): boolean => lotinfo.machine.clients.get(Number(key(own, 'crm')))?.contacts.some(({ type }) => type === 'mobile') === true;
  const telefon = (own: Holdings): boolean => (vodyanoy.machine.clients.get(key(own, 'delivery'))?.telefon ?? '') !== '';
  const own = (name: string) => (holding: Holdings) => theirs.has(`${name}/${key(holding, name)}`) && has(holding, 'phone');
  const inCrm = pick(all, ['shop', 'crm'], used, (one) => own('crm')(one) && mobile(one));
  const inDelivery = pick(all, ['shop', 'delivery'], used, (one) => own('delivery')(one) && telefon(one));
  const atTill = pick(all, ['shop', 'tills'], used, (one) => has(one, 'email') && has(one, 'phone'));
  const cleared = pick(all, ['shop', 'tills'], used, (one) => has(one, 'email'));
  world.clock.jump(5 * MINUTE);
  virtualpos.machine.editCustomer(key(inCrm, 'shop'), { phone: PHONES.crm });
  virtualpos.machine.editCustomer(key(inDelivery, 'shop'), { phone: PHONES.delivery });
  virtualpos.machine.editCustomer(key(cleared, 'shop'), { email: '' });
  return { inCrm, inDelivery, atTill, cleared };
}

/** Edits of one value beside others in the same wire field, and values taken away at a till. */
async function editBeside(world: World, { inCrm, inDelivery, atTill, cleared }: Neighbours): Promise<void> {
  const { virtualpos, artix, lotinfo, vodyanoy } = world.sandbox;
  const customer = (own: Holdings) => virtualpos.machine.customers.get(key(own, 'shop'));
  const till = (own: Holdings) => artix.machine.clients.get(key(own, 'tills'));
  expect(till(cleared)?.['email'] ?? '', 'taken away in the shop').toBe('');
  // Later than any clock is wrong, or authority would decide and hide what time should.
  world.clock.jump(60 * MINUTE);
  const contacts = lotinfo.machine.clients.get(Number(key(inCrm, 'crm')))?.contacts.filter(({ type }) => type !== 'email') ?? [];
  const kept = contacts.map(({ type, value, general }) => ({ type, value, general: Number(general) }));
  lotinfo.machine.editClient(Number(key(inCrm, 'crm')), { contacts: [...kept, { type: 'email', value: 'beside@example.org', general: 1 }] });
  const telefon = vodyanoy.machine.clients.get(key(inDelivery, 'delivery'))?.telefon;
  vodyanoy.machine.editClient(key(inDelivery, 'delivery'), { telefon: `${telefon}, 8 913 555 00 11 жена` });
  const { send_email, send_sms } = customer(atTill) ?? {};
  // What a shop cannot clear is asked about there; here everything ends in silence.
  const clears = virtualpos.machine.options.clearByEmpty;
  const communications = Number(till(atTill)?.['communications'] ?? 0) ^ 1;
  artix.machine.editClient(key(atTill, 'tills'), { communications, ...(clears ? { phonenumber: '', email: '' } : {}) });
  world.clock.jump(5 * MINUTE);
  await clean(world, 'edits beside other values');
  expect(customer(inCrm), 'another contact in the CRM').toMatchObject({ phone: PHONES.crm, email: 'beside@example.org' });
  expect(customer(inDelivery), 'a second phone in the delivery').toMatchObject({ phone: PHONES.delivery });
  expect(customer(atTill), 'another consent at the till').toMatchObject({ send_email, send_sms });
  if (clears) expect(customer(atTill), 'taken away at the till').toMatchObject({ phone: '', email: '' });
}

/** The whole life: how many clients and cards there are in the end. */
export async function life(
  world: World,
): Promise<{ clients: number; shop: number; tills: number; crm: number; delivery: number; cards: number; points: { shop: number; tills: number } }> {
  const { virtualpos, artix, lotinfo, vodyanoy } = world.sandbox;
  const inCrm = [...lotinfo.machine.clients.keys()].map((key) => `crm/${key}`);
  const theirs = new Set([...inCrm, ...[...vodyanoy.machine.clients.keys()].map((key) => `delivery/${key}`)]);
  await clean(world, 'first sync');
  const opening = points(world);
  await silent(world, 'second sync');
  const used = new Set<number>();
  const neighbours = await newPhones(world, theirs, used);
  await traffic(world, 1, used);
  await silent(world, 'after the edits');
  await editBeside(world, neighbours);
  await silent(world, 'after the edits beside other values');
  return {
    clients: (await holdings(world)).size,
    shop: virtualpos.machine.customers.size,
    tills: artix.machine.clients.size,
    crm: lotinfo.machine.clients.size,
    delivery: vodyanoy.machine.clients.size,
    cards: artix.machine.cards.size,
    points: opening,
  };
}
