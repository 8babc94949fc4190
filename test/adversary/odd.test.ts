/** Whole lives against four vendors written from the same documents with other choices. */
import { expect, it } from 'vitest';
import type { RunReport } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { startWorld, type World } from '../support/world.ts';
import { type OddArtix, oddArtix } from './odd-artix.ts';
import { type OddLotinfo, oddLotinfo } from './odd-lotinfo.ts';
import { type OddVirtualpos, oddVirtualpos } from './odd-virtualpos.ts';
import { type OddVodyanoy, oddVodyanoy } from './odd-vodyanoy.ts';

const SURNAMES = ['Иванов', 'Петров', 'Сидоров', 'Кузнецов', 'Смирнов', 'Попов', 'Волков', 'Зайцев', 'Орлов', 'Соловьёв', 'Медведев', 'Лебедев'];
const GIVEN = ['Иван', 'Пётр', 'Олег', 'Глеб', 'Юрий', 'Марк', 'Яков', 'Лев', 'Тимур', 'Роман', 'Семён', 'Фёдор'];
const card = (index: number): string => `000777000${String(index).padStart(3, '0')}`;

interface Odd {
  readonly world: World;
  readonly shop: OddVirtualpos;
  readonly tills: OddArtix;
  readonly crm: OddLotinfo;
  readonly delivery: OddVodyanoy;
  writes(): number;
  stop(): Promise<void>;
}

async function start(store: Parameters<typeof startWorld>[0], form: 'json' | 'xml'): Promise<Odd> {
  let now = (): number => Date.now();
  const shop = await oddVirtualpos('sandbox-virtualpos-key', () => now(), form);
  const tills = await oddArtix('admin', 'sandbox-artix-password');
  const crm = await oddLotinfo('lotinfo-sandbox-token', 101010, () => now());
  const delivery = await oddVodyanoy('vodyanoy-sandbox-token', () => now());
  const all = 'push: auto, create: all';
  const config = `systems:
  shop: { vendor: virtualpos, settings: { url: "${shop.url}", apikey: { env: SHOP } }, lookups: { programmes: { "1": main } }, ownReference: use, streams: { clients: { ${all} }, cards: { ${all} }, bonuses: { ${all} } } }
  tills: { vendor: artix, settings: { rest: { url: "${tills.url}/CSrest/rest/", login: admin, password: { env: TILLS } }, accounts: { url: "${tills.url}/ACC/rest/v1/", login: admin, password: { env: TILLS } }, defaultCardGroup: "2" }, streams: { clients: { ${all} }, cards: { ${all} }, bonuses: { ${all} } } }
  crm: { vendor: lotinfo, settings: { url: "${crm.url}/v1/", token: { env: CRM }, code: { env: CODE } }, ownReference: use, streams: { clients: { ${all} } } }
  delivery: { vendor: vodyanoy, settings: { url: "${delivery.url}", token: { env: DELIVERY } }, streams: { clients: { ${all} } } }
policies: { authority: [shop, tills, delivery, crm], rule: latest, firstSync: authority, settleSeconds: 1, openingBalances: max }`;
  const world = await startWorld(store, { config });
  now = () => world.clock.now();
  const servers = [shop, tills, crm, delivery];
  return {
    world,
    shop,
    tills,
    crm,
    delivery,
    writes: () => servers.reduce((sum, server) => sum + server.writes(), 0),
    async stop() {
      await world.stop();
      for (const server of servers) await server.stop();
    },
  };
}

/** Twelve people: 0–3 in all four, then each vendor has two of its own; 0 and 1 share a phone. */
function people({ shop, tills, crm, delivery }: Odd): Map<number, { shop?: number; tills?: string }> {
  const keys = new Map<number, { shop?: number; tills?: string }>();
  for (let index = 0; index < 12; index += 1) {
    const own = Math.floor((index - 4) / 2);
    const has = (vendor: number): boolean => index < 4 || own === vendor;
    const last = SURNAMES[index] ?? '';
    const first = GIVEN[index] ?? '';
    const tail = index === 1 ? '0000000' : `00000${String(index).padStart(2, '0')}`;
    const entry: { shop?: number; tills?: string } = {};
    keys.set(index, entry);
    if (has(0)) {
      entry.shop = shop.add({
        fname: first,
        lname: last,
        phone: `8 (913) ${tail}`,
        email: `p${index}@mail.ru`,
        gender: 'M',
        birth_day: 5,
        birth_month: 6,
        birth_year: 1980 + index,
      });
      if (index < 3) {
        shop.addCard(card(index), entry.shop);
        shop.savings.set(entry.shop, 10_000 + index);
      }
    }
    if (has(1)) {
      entry.tills = String(4_000 + index);
      tills.add(
        {
          idclient: entry.tills,
          name: first,
          lastname: last.replace('ё', 'е'),
          phonenumber: `+7913${tail}`,
          codeword: 'секрет',
          userid: `u${index}`,
          crc: 99,
          mystery: { deep: [1, 2] },
        },
        index < 3 || index === 6 ? card(index) : undefined,
        index < 3 ? 10_000 + index : 777,
      );
    }
    if (has(2)) crm.add({ fioF: last, fioI: first, contacts: [{ type: 'mobile', value: `7913${tail}`, general: 1 }] });
    if (has(3)) delivery.add({ NAIMENOVANIE: `${last} ${first}`, TELEFON: `7913${tail} ${first}` });
  }
  return keys;
}

async function clean(odd: Odd): Promise<RunReport> {
  const report = await odd.world.sync();
  expect(report.problems).toEqual([]);
  expect(
    report.operations.flatMap(({ system, stream, action, states, reasons }) =>
      (states['rejected'] ?? states['unknown'] ?? states['held'] ?? 0) > 0 ? [{ system, stream, action, states, reasons }] : [],
    ),
  ).toEqual([]);
  return report;
}

async function silent(odd: Odd): Promise<void> {
  const before = odd.writes();
  const { resolved, delivered, waiting } = await clean(odd);
  expect({
    writes: odd.writes() - before,
    delivered,
    clients: resolved.clients.changed + resolved.clients.created,
    moved: resolved.movements,
    quarantined: waiting.quarantined,
  }).toEqual({ writes: 0, delivered: 0, clients: 0, moved: 0, quarantined: 0 });
}

const sizes = ({ shop, tills, crm, delivery }: Odd): number[] => [shop.customers.size, tills.clients.size, crm.clients.size, delivery.clients.size];

describeStores('vendors of another author', (openFresh) => {
  it.each(['json', 'xml'] as const)('live a whole life in %s', async (form) => {
    const odd = await start(await openFresh(), form);
    try {
      const keys = people(odd);
      await clean(odd);
      expect(sizes(odd)).toEqual([12, 12, 12, 12]);
      expect([...odd.shop.cards.values()].map(({ uid }) => uid).sort()).toEqual([0, 1, 2, 6].map(card));
      await silent(odd);
      // Edits on each side, an earning in the shop, a spending at the till.
      const [a, b] = [keys.get(2), keys.get(3)];
      odd.world.clock.jump(300_000);
      odd.shop.edit(a?.shop ?? 0, { email: 'edited.in.shop@mail.ru' });
      odd.tills.clients.set(b?.tills ?? '', { ...odd.tills.clients.get(b?.tills ?? ''), email: 'edited.at.tills@mail.ru' });
      odd.shop.savings.set(a?.shop ?? 0, 10_002 + 500);
      odd.tills.accounts.set(`account:${card(1)}`, 10_001 - 300);
      odd.world.clock.jump(300_000);
      await clean(odd);
      expect(odd.tills.clients.get(a?.tills ?? '')).toMatchObject({
        email: 'edited.in.shop@mail.ru',
        codeword: 'секрет',
        userid: 'u2',
        crc: 99,
        mystery: { deep: [1, 2] },
      });
      expect(odd.shop.customers.get(b?.shop ?? 0)).toMatchObject({ email: 'edited.at.tills@mail.ru', loyalty: 'gold' });
      expect([odd.tills.balance(card(2)), odd.shop.savings.get(keys.get(1)?.shop ?? 0), odd.tills.balance(card(0))]).toEqual([10_502, 9_701, 10_000]);
      const six = [...odd.shop.cards.values()].find(({ uid }) => uid === card(6))?.customer_id ?? 0;
      expect(odd.shop.savings.get(six)).toBe(777);
      expect(odd.tills.cards.get(card(0))).toMatchObject({ pincode: '1234', purchases: 7 });
      expect(sizes(odd)).toEqual([12, 12, 12, 12]);
      await silent(odd);
    } finally {
      await odd.stop();
    }
  });
});
