import type { ArtixSandbox } from './artix/index.ts';
import { Dice } from './dice.ts';
import type { LotinfoSandbox } from './lotinfo/index.ts';
import { type Balances, balances, membership, type Vendor, vendors } from './membership.ts';
import { makePeople, type Person, WORLD_NOW } from './people.ts';
import { localText } from './shared/local-time.ts';
import { artixRow, lotinfoRow, virtualposRow, vodyanoySeed } from './vendor-rows.ts';
import type { VirtualPosSandbox } from './virtualpos/index.ts';
import type { VodyanoySandbox } from './vodyanoy/index.ts';

/** The machines to fill. */
export interface FillTargets {
  virtualpos: VirtualPosSandbox;
  artix: ArtixSandbox;
  lotinfo: LotinfoSandbox;
  vodyanoy: VodyanoySandbox;
}

/** Keys of one person in the vendors that know it. */
export type Truth = Partial<Record<Vendor, string>>;

/** What a fill made. */
export interface Filled {
  people: Person[];
  /** Index of a person → its keys: what matching should find out. */
  truth: Map<number, Truth>;
  /** Index of a person → its bonus balances in kopecks. */
  balances: Map<number, Balances>;
}

const DAY = 24 * 3_600_000;

/** The card group of the bonus cards in Artix. */
const ARTIX_GROUP = { idcardgroup: 2, name: 'Бонусные', text: '2', cardmode: 1 };

type Add = (person: Person, held: Balances, dice: Dice) => string;

const changedAt = (person: Person, dice: Dice): number => Math.min(WORLD_NOW, person.registeredAt + dice.int(0, 900) * DAY);

const addTo = (targets: FillTargets): Record<Vendor, Add> => ({
  virtualpos(person, held, dice) {
    const { virtualpos } = targets;
    const { zone, programmes } = virtualpos.options;
    const registered = localText(person.registeredAt, zone);
    const { id } = virtualpos.addCustomer({
      ...virtualposRow(person, dice),
      register_date: registered,
      created_date: registered,
      last_update_date: localText(changedAt(person, dice), zone),
    });
    if (person.card !== undefined) virtualpos.addCard({ uid: person.card, customer_id: id });
    const [programme = '1'] = Object.keys(programmes);
    if ((held.virtualpos ?? 0) !== 0) virtualpos.earn(id, programme, held.virtualpos ?? 0);
    return id;
  },
  artix(person, held, dice) {
    const { artix } = targets;
    // Integrators often use the card number for the client's id as well.
    const idclient = person.card !== undefined && dice.chance(0.5) ? person.card : `${100_000 + person.index}`;
    artix.addClient({ ...artixRow(person, dice), idclient });
    const { card } = person;
    if (card === undefined) return idclient;
    artix.addCard({ idcard: card, number: card, idclient, idcardgroup: ARTIX_GROUP.idcardgroup });
    if (held.artix !== undefined) artix.addAccountCard({ number: card }, held.artix);
    return idclient;
  },
  lotinfo: (person, _held, dice) => `${targets.lotinfo.addClient(lotinfoRow(person, dice), changedAt(person, dice))}`,
  vodyanoy: (person, _held, dice) => targets.vodyanoy.addClient({ ...vodyanoySeed(person, dice), changedAt: changedAt(person, dice) }),
});

const shuffled = (people: readonly Person[], dice: Dice): Person[] =>
  people
    .map((person) => ({ person, at: dice.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ person }) => person);

/**
 * Fills all four machines with overlapping people, each vendor in an order and a handwriting of its own: phones
 * spelled differently, ё lost, capitals, missing fields, birthdays without a year, single typing errors. Nothing of it
 * appears in the machines' `writes`. The same count and seed fill the same.
 */
export function fill(targets: FillTargets, options: { people: number; seed: number }): Filled {
  const people = makePeople(options.people, options.seed);
  const dice = new Dice(options.seed + 1);
  const known = people.map((person) => membership(person, dice));
  const held = new Map(people.map((person, at) => [person.index, balances(person, known[at] ?? new Set(), dice)]));
  const truth = new Map<number, Truth>(people.map((person) => [person.index, {}]));
  const add = addTo(targets);
  targets.artix.addCardGroup(ARTIX_GROUP);
  for (const [at, vendor] of vendors.entries()) {
    const own = new Dice(options.seed + 2 + at);
    for (const person of shuffled(
      people.filter(({ index }) => known[index]?.has(vendor)),
      own,
    )) {
      const key = add[vendor](person, held.get(person.index) ?? { virtualpos: undefined, artix: undefined }, own);
      truth.set(person.index, { ...truth.get(person.index), [vendor]: key });
    }
  }
  return { people, truth, balances: held };
}
