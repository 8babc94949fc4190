import { VirtualPosSandbox, type VirtualPosSetup } from '../../../sandbox/virtualpos/index.ts';
import type { Rig } from '../kit.ts';

/** A started VirtualPOS machine with seven customers. */
export interface VirtualposRig extends Rig {
  readonly machine: VirtualPosSandbox;
  readonly url: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export const SECRET = 'k3y-of-the-tests';
const MARKER = 'Меченый';
const MARKED_PHONE = '+79130000777';

export async function startVirtualpos(setup: VirtualPosSetup = {}, settings: Readonly<Record<string, unknown>> = {}): Promise<VirtualposRig> {
  const machine = new VirtualPosSandbox({ apikey: SECRET, returnsExternalId: true, ...setup }, () => Date.UTC(2024, 0, 15));
  seed(machine);
  const { url } = await machine.start();
  const good = { url, apikey: SECRET, pageSize: 3, ...settings };
  return {
    machine,
    url,
    settings: good,
    wrongSettings: { ...good, apikey: 'wrong-key-of-the-tests' },
    faults: machine.faults,
    markers: [SECRET, MARKER, MARKED_PHONE, 'wrong-key-of-the-tests'],
    keys: () => ({
      clients: [...machine.customers.keys()],
      cards: [...machine.cards.values()].filter((card) => card.customer_id !== '').map((card) => card.id),
      bonuses: [...machine.state.bonuses].flatMap(([id, own]) => [...own.keys()].map((programme) => `${id}:${programme}`)),
    }),
    effects: () => machine.writes.length,
    stop: () => machine.stop(),
  };
}

function seed(machine: VirtualPosSandbox): void {
  for (let number = 1; number <= 7; number += 1) {
    const id = String(number);
    const odd = number % 2 === 1;
    machine.addCustomer({
      id,
      external_id: `ext-${id}`,
      fname: number === 4 ? '' : `Имя${id}`,
      lname: MARKER,
      mname: odd ? 'Степанович' : '',
      email: odd ? `client${id}@example.com` : '',
      phone: number === 2 ? '' : MARKED_PHONE.slice(0, -1) + id,
      gender: odd ? 'M' : 'F',
      custom_information: 'a < b & "c"',
      birth_day: '24',
      birth_month: '10',
      birth_year: odd ? '1992' : '',
      group_name: 'Постоянные',
    });
    if (number > 5) continue;
    const state = { customer_id: id, external_id: `card-${id}`, block_date: '2024-01-01 00:00:00' };
    const card = machine.addCard({ uid: `20000${id}`, ...state, activate_date: '2023-01-01 00:00:00' });
    machine.editCard(card.id, { type_id: machine.state.entryByName('type', 'Золотая') });
    machine.earn(id, '1', 1000 + number);
  }
  machine.addCard({ uid: '900001', customer_id: '1' });
}
