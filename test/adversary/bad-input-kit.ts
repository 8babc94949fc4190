/** What the tests of bad input share: a world, one person in each vendor, and what became of them. */
import type { RunReport } from '../../pipeline/report.ts';
import { startWorld, type World } from '../support/world.ts';

export type Vendor = 'virtualpos' | 'artix' | 'lotinfo' | 'vodyanoy';
export const SYSTEM: Record<Vendor, string> = { virtualpos: 'shop', artix: 'tills', lotinfo: 'crm', vodyanoy: 'delivery' };
export const VENDORS = Object.keys(SYSTEM) as Vendor[];

export const PETROV = { fname: 'Пётр', lname: 'Петров', phone: '+79131234567', email: 'petrov@mail.ru', gender: 'M' };

export async function withWorld(
  store: Parameters<typeof startWorld>[0],
  fn: (world: World) => Promise<void>,
  options: Parameters<typeof startWorld>[1] = {},
): Promise<void> {
  const world = await startWorld(store, options);
  try {
    await fn(world);
  } finally {
    await world.stop();
  }
}

/** One person in each vendor, all different. */
export function seed(world: World): void {
  const { virtualpos, artix, lotinfo, vodyanoy } = world.sandbox;
  virtualpos.machine.addCustomer(PETROV);
  artix.machine.addClient({ idclient: '41', name: 'Олег', lastname: 'Сидоров', phonenumber: '89131234568' });
  lotinfo.machine.addClient({ fioF: 'Волкова', fioI: 'Анна', contacts: [{ type: 'mobile', value: '79131234569' }] });
  vodyanoy.machine.addClient({ naimenovanie: 'Зайцев Глеб', telefon: '79131234570' });
}

export const sizes = ({ sandbox: { virtualpos, artix, lotinfo, vodyanoy } }: World): number[] => [
  virtualpos.machine.customers.size,
  artix.machine.clients.size,
  lotinfo.machine.clients.size,
  vodyanoy.machine.clients.size,
];
export const problems = (report: RunReport): unknown[] => report.problems.map(({ system, code }) => ({ system, code }));
