/** What the tests of stopped runs share: a small world, what its vendors hold, and stops at any point. */
import { expect } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { startWorld, type World } from '../support/world.ts';

const card = (index: number): string => `20000000000${10 + index}`;

/** Six people: two in both of the shop and the tills, two in each alone, one of them with points; the others take all. */
export function seed(world: World): void {
  const { virtualpos, artix, vodyanoy } = world.sandbox;
  artix.machine.addCardGroup({ idcardgroup: 2, name: 'Бонусные' });
  for (let index = 0; index < 6; index += 1) {
    const phone = `7913000000${index}`;
    const [fname, lname] = [
      ['Пётр', 'Олег', 'Глеб', 'Юрий', 'Марк', 'Лев'][index] ?? '',
      ['Петров', 'Сидоров', 'Зайцев', 'Волков', 'Орлов', 'Попов'][index] ?? '',
    ];
    if (index < 4) {
      const { id } = virtualpos.machine.addCustomer({ fname, lname, phone });
      if (index % 2 === 0) {
        virtualpos.machine.addCard({ uid: card(index), customer_id: id });
        virtualpos.machine.earn(id, '1', 1000 + index);
      }
    }
    if (index < 2 || index > 3) {
      artix.machine.addClient({ idclient: String(50 + index), name: fname, lastname: lname, phonenumber: phone, email: `p${index}@mail.ru` });
      if (index % 2 === 0) {
        artix.machine.addCard({ idcard: card(index), number: card(index), idclient: String(50 + index), idcardgroup: 2 });
        artix.machine.addAccountCard({ number: card(index) }, 700 + index);
      }
    }
  }
  vodyanoy.machine.addClient({ naimenovanie: 'Лебедев Тимур', telefon: '79130000009' });
}

/** What the vendors hold, without their own ids. */
export function held({ sandbox: { virtualpos, artix, lotinfo, vodyanoy } }: Pick<World, 'sandbox'>): unknown {
  const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  return {
    shop: sorted(
      [...virtualpos.machine.customers.values()].map(({ id, fname, lname, phone, email }) => [
        fname,
        lname,
        phone,
        email,
        virtualpos.machine.balance(id, '1'),
        virtualpos.machine.state.cardsOf(id).map(({ uid }) => uid),
      ]),
    ),
    tills: sorted(
      [...artix.machine.clients.values()].map(({ idclient, name, lastname, phonenumber, email }) => [
        name,
        lastname,
        phonenumber,
        email,
        [...artix.machine.cards.values()].filter((one) => one['idclient'] === idclient).map(({ number }) => [number, artix.machine.balance(String(number))]),
      ]),
    ),
    crm: sorted([...lotinfo.machine.clients.values()].map(({ fields, contacts }) => [fields.fioF, fields.fioI, contacts.map(({ value }) => value)])),
    delivery: sorted([...vodyanoy.machine.clients.values()].map(({ naimenovanie, telefon, email }) => [naimenovanie, telefon, email])),
  };
}

/** Calls `at` after the nth request that any vendor has answered, before the answer is sent; counts them. */
export function afterRequests(world: World, nth: number, at: () => void): () => number {
  let count = 0;
  for (const { machine } of Object.values(world.sandbox).filter(
    (one): one is { machine: { answer: (...rest: never[]) => unknown } } => typeof one === 'object' && one !== null && 'machine' in one,
  )) {
    const answer = machine.answer.bind(machine);
    machine.answer = (...rest) => {
      const said = answer(...rest);
      count += 1;
      if (count === nth) at();
      return said;
    };
  }
  return () => count;
}

/** Calls `at` before the nth statement of the store from now on; counts them. Ended, it calls no more: a run may need fewer statements than the one before. */
export function afterStatements(store: Store, nth: number, at: () => void): { readonly count: () => number; readonly end: () => void } {
  let count = 0;
  const seen = (): void => {
    count += 1;
    if (count === nth) at();
  };
  store.db.on('query', seen);
  return { count: () => count, end: () => void store.db.off('query', seen) };
}

/** Runs until nothing is left to do, at most four times; answers what the vendors hold in the end. */
export async function settled(world: World): Promise<unknown> {
  for (let round = 0; round < 4; round += 1) {
    // What is in doubt is looked for after the settle time only.
    world.clock.jump(10_000);
    const report = await world.sync();
    expect(report.problems).toEqual([]);
    if (report.delivered === 0) break;
  }
  const writes = world.writes();
  const last = await world.sync();
  expect({ problems: last.problems, writes: world.writes() - writes, waiting: last.waiting.held + last.waiting.reviews + last.waiting.proposed }).toEqual({
    problems: [],
    writes: 0,
    waiting: 0,
  });
  return held(world);
}

export async function inWorld<T>(store: Store, fn: (world: World) => Promise<T>): Promise<T> {
  const world = await startWorld(store);
  try {
    seed(world);
    return await fn(world);
  } finally {
    await world.stop();
  }
}

export const points = (total: number, wanted: number): number[] => [
  ...new Set(Array.from({ length: wanted }, (_, index) => 1 + Math.floor((index * (total - 1)) / (wanted - 1)))),
];
