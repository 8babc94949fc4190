import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ArtixSandbox,
  type Filled,
  type FillTargets,
  fill,
  LotinfoSandbox,
  makePeople,
  type RunningSandbox,
  startSandbox,
  VirtualPosSandbox,
  VodyanoySandbox,
  WORLD_NOW,
} from '../../sandbox/index.ts';

const CLOCK = (): number => WORLD_NOW;
const fresh = (): FillTargets => ({
  virtualpos: new VirtualPosSandbox({}, CLOCK),
  artix: new ArtixSandbox({}, CLOCK),
  lotinfo: new LotinfoSandbox({}, CLOCK),
  vodyanoy: new VodyanoySandbox({}, CLOCK),
});
const ten = (phone: string): string => phone.replace(/\D/g, '').slice(-10);
const dump = ({ virtualpos, artix, lotinfo, vodyanoy }: FillTargets): string =>
  JSON.stringify([
    [...virtualpos.customers.values()],
    [...virtualpos.cards.values()],
    [...artix.clients.values()],
    [...artix.cards.values()],
    [...lotinfo.clients.values()],
    [...vodyanoy.clients.values()],
  ]);

describe('people', () => {
  const people = makePeople(2000, 5);

  it('have names and patronymics of their sex, unique cards and phones of their own', () => {
    expect(people.map(({ index }) => index)).toEqual(people.map((_, at) => at));
    for (const { sex, patronymic } of people.filter(({ relation }) => relation === undefined)) expect(patronymic).toMatch(sex === 'male' ? /(ич|ыч)$/ : /на$/);
    const cards = people.flatMap(({ card }) => card ?? []);
    expect(new Set(cards).size).toBe(cards.length);
    const alone = people.filter(({ relation }) => relation === undefined).flatMap(({ phones }) => phones);
    expect(new Set(alone).size).toBe(alone.length);
    for (const phone of alone) expect(phone).toMatch(/^79\d{9}$/);
  });

  it('include families, namesakes, fathers and sons, entrepreneurs and companies', () => {
    const pairs = (kind: string) => people.filter(({ relation, index }) => relation?.kind === kind && relation.partner < index);
    const partner = ({ relation }: (typeof people)[number]) => people[relation?.partner ?? -1];
    expect(pairs('family').length).toBeGreaterThan(20);
    for (const one of pairs('family')) {
      expect(one.phones[0]).toBe(partner(one)?.phones[0]);
      expect(one.firstName).not.toBe(partner(one)?.firstName);
    }
    expect(pairs('namesake').length).toBeGreaterThan(3);
    for (const one of pairs('namesake')) {
      expect([one.lastName, one.firstName]).toEqual([partner(one)?.lastName, partner(one)?.firstName]);
      expect(one.phones[0]).not.toBe(partner(one)?.phones[0]);
    }
    expect(pairs('father-and-son').length).toBeGreaterThan(0);
    for (const one of pairs('father-and-son')) {
      expect([one.firstName, one.phones[0]]).toEqual([partner(one)?.firstName, partner(one)?.phones[0]]);
      expect(one.birth.year).toBeGreaterThan((partner(one)?.birth.year ?? 9999) + 20);
    }
    const phones = new Map<string, number>();
    for (const {
      phones: [phone],
    } of people)
      phones.set(phone, (phones.get(phone) ?? 0) + 1);
    expect(Math.max(...phones.values())).toBeGreaterThanOrEqual(3);
    expect(people.filter(({ trade }) => trade === 'entrepreneur').length).toBeGreaterThan(10);
    expect(people.filter(({ company }) => company.startsWith('ООО')).length).toBeGreaterThan(10);
    expect(people.some(({ lastName, firstName }) => /ё/i.test(lastName + firstName))).toBe(true);
    expect(people.some(({ note }) => /[\u{1F300}-\u{1FAFF}]/u.test(note))).toBe(true);
  });
});

describe('fill', () => {
  const targets = fresh();
  let filled: Filled;
  beforeAll(() => {
    filled = fill(targets, { people: 1000, seed: 42 });
  });

  it('is the same for the same people and seed, and another for another seed', () => {
    const again = fresh();
    expect([...fill(again, { people: 1000, seed: 42 }).truth]).toEqual([...filled.truth]);
    expect(dump(again)).toBe(dump(targets));
    const other = fresh();
    fill(other, { people: 1000, seed: 43 });
    expect(dump(other)).not.toBe(dump(targets));
  });

  it('puts everybody somewhere, most into more than one, and tells the truth about every record', () => {
    const { virtualpos, artix, lotinfo, vodyanoy } = targets;
    const keys = [...filled.truth.values()];
    expect(keys).toHaveLength(1000);
    expect(keys.every((truth) => Object.keys(truth).length > 0)).toBe(true);
    expect(keys.filter((truth) => Object.keys(truth).length > 1).length).toBeGreaterThan(580);
    expect(new Set(keys.flatMap((truth) => truth.virtualpos ?? []))).toEqual(new Set(virtualpos.customers.keys()));
    expect(new Set(keys.flatMap((truth) => truth.artix ?? []))).toEqual(new Set(artix.clients.keys()));
    expect(new Set(keys.flatMap((truth) => truth.lotinfo ?? []))).toEqual(new Set([...lotinfo.clients.keys()].map(String)));
    expect(new Set(keys.flatMap((truth) => truth.vodyanoy ?? []))).toEqual(new Set(vodyanoy.clients.keys()));
    const sizes = [virtualpos.customers.size, artix.clients.size, lotinfo.clients.size, vodyanoy.clients.size];
    for (const [at, [least, most]] of [
      [500, 620],
      [490, 610],
      [320, 430],
      [330, 450],
    ].entries()) {
      expect(sizes[at]).toBeGreaterThanOrEqual(least ?? 0);
      expect(sizes[at]).toBeLessThanOrEqual(most ?? 0);
    }
  });

  it('writes each person’s own phone and card, in many spellings', () => {
    const { virtualpos, artix, vodyanoy, lotinfo } = targets;
    const spellings = new Set<string>();
    for (const { index, phones, card } of filled.people) {
      const truth = filled.truth.get(index) ?? {};
      const customer = virtualpos.customers.get(truth.virtualpos ?? '');
      const client = artix.clients.get(truth.artix ?? '');
      const own = phones.map(ten);
      if (customer !== undefined && customer.phone !== '') {
        expect(own).toContain(ten(customer.phone));
        spellings.add(customer.phone.replace(/\d/g, '9'));
      }
      if (client !== undefined) expect(own).toContain(ten(`${client.phonenumber}`));
      const firm = vodyanoy.clients.get(truth.vodyanoy ?? '');
      if (firm !== undefined && firm.nomer_karty !== '') expect(firm.nomer_karty).toBe(card);
      for (const contact of lotinfo.clients.get(Number(truth.lotinfo))?.contacts ?? [])
        if (contact.type === 'mobile') expect(own).toContain(ten(contact.value));
    }
    expect(spellings.size).toBeGreaterThanOrEqual(6);
    const uids = new Map([...virtualpos.cards.values()].map((card) => [card.uid, card.customer_id]));
    const shared = [...artix.cards.values()].filter((card) => uids.has(`${card.number}`));
    expect(shared.length).toBeGreaterThan(150);
  });

  it('holds the balances it tells: mostly equal, some in one only, some different', () => {
    const { virtualpos, artix } = targets;
    const kinds = { equal: 0, single: 0, different: 0 };
    for (const { index, card } of filled.people) {
      const { virtualpos: customer, artix: client } = filled.truth.get(index) ?? {};
      const held = filled.balances.get(index);
      if (customer !== undefined) expect(virtualpos.balance(customer, '1')).toBe(held?.virtualpos ?? 0);
      if (client !== undefined && card !== undefined) expect(artix.balance(card)).toBe(held?.artix ?? 0);
      if (customer === undefined || client === undefined || card === undefined) continue;
      if (held?.virtualpos === undefined || held.artix === undefined) kinds.single += 1;
      else if (held.virtualpos === held.artix) kinds.equal += 1;
      else kinds.different += 1;
    }
    expect(kinds.equal).toBeGreaterThan(kinds.single);
    expect(kinds.single).toBeGreaterThan(10);
    expect(kinds.different).toBeGreaterThan(5);
  });

  it('spells names without ё, in capitals, with single typing errors, and leaves things out', () => {
    const customers = [...targets.virtualpos.customers.values()];
    expect(customers.some(({ lname }) => /^[А-ЯЁ ]{4,}$/.test(lname))).toBe(true);
    expect(customers.some(({ birth_day, birth_year }) => birth_day !== '' && birth_year === '')).toBe(true);
    expect(customers.some(({ email }) => email !== '' && email === email.toUpperCase())).toBe(true);
    expect(customers.some(({ phone }) => phone === '')).toBe(true);
    expect([...targets.artix.clients.values()].some(({ lastname }) => /ё/i.test(`${lastname}`))).toBe(false);
    const plain = (name: string): string => name.trim().toLowerCase().replaceAll('ё', 'е');
    const typos = filled.people.filter(({ index, lastName }) => {
      const customer = targets.virtualpos.customers.get(filled.truth.get(index)?.virtualpos ?? '');
      return customer !== undefined && plain(customer.lname) !== plain(lastName);
    });
    expect(typos.length).toBeGreaterThan(0);
    expect(typos.length).toBeLessThan(30);
  });

  it('leaves no trace in the logs of writes and nothing from the future', () => {
    const { virtualpos, artix, lotinfo, vodyanoy } = targets;
    expect([virtualpos, artix, lotinfo, vodyanoy].map(({ writes }) => writes.length)).toEqual([0, 0, 0, 0]);
    for (const client of lotinfo.clients.values()) expect(client.editedAt).toBeLessThanOrEqual(WORLD_NOW);
  });

  it('manages 20 000 people', () => {
    const many = fresh();
    expect(fill(many, { people: 20_000, seed: 1 }).truth.size).toBe(20_000);
    expect(many.virtualpos.customers.size).toBeGreaterThan(10_000);
  });
});

describe('startSandbox', () => {
  let directory = '';
  let running: RunningSandbox;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    running = await startSandbox({ people: 50, seed: 7, artixDirectory: directory, artixPollMs: null, clock: CLOCK });
  });
  afterAll(async () => {
    await running.stop();
    await rm(directory, { recursive: true });
  });

  it('serves all four on loopback', async () => {
    const { virtualpos, artix, lotinfo, vodyanoy } = running;
    const vpos = await fetch(`${virtualpos.url}/api/customer?apikey=${virtualpos.apikey}&format=json&page=1`);
    expect(await vpos.json()).toMatchObject({ total_count: virtualpos.machine.customers.size });
    const authorization = `Basic ${Buffer.from(`${artix.login}:${artix.password}`).toString('base64')}`;
    const clients = await fetch(`${artix.csUrl}dictionaries/clients`, { headers: { authorization } });
    expect(await clients.json()).toHaveLength(artix.machine.clients.size);
    const [card] = [...artix.machine.accounts.cards.keys()];
    const account = await fetch(`${artix.accUrl}cards/${card}`, { headers: { authorization } });
    expect(await account.json()).toMatchObject({ number: card, balance: artix.machine.balance(card ?? '') });
    const crm = await fetch(`${lotinfo.url}/v1/CLIENTS?token=${lotinfo.token}`, {
      method: 'POST',
      body: JSON.stringify({ code: lotinfo.code }),
    });
    expect(((await crm.json()) as { result: unknown[] }).result).toHaveLength(lotinfo.machine.clients.size);
    const water = await fetch(`${vodyanoy.url}/api/clients?token=${vodyanoy.token}`);
    expect(await water.json()).toMatchObject({ total: vodyanoy.machine.clients.size });
    expect(vodyanoy.requests).toMatchObject([{ path: '/api/clients', query: 'token=***', status: 200 }]);
  });

  it('takes files from the directory, and faults by vendor', async () => {
    await writeFile(join(directory, 'pos1.aif'), '{"command":"addClient","client":{"idclient":"новый","name":"Пётр"}}\n---\n');
    await writeFile(join(directory, 'pos1.flz'), '');
    running.artix.machine.takeFiles();
    expect(running.artix.machine.clients.get('новый')).toMatchObject({ name: 'Пётр' });
    running.vodyanoy.faults.add({ kind: 'status', status: 503 });
    expect((await fetch(`${running.vodyanoy.url}/api/employees`)).status).toBe(503);
  });

  it('stops the others when one port is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as { port: number };
    const free = await startSandbox({ people: 1, seed: 1 });
    await free.stop();
    const ports = { virtualpos: free.virtualpos.port, vodyanoy: port };
    await expect(startSandbox({ people: 1, seed: 1, ports })).rejects.toThrow('EADDRINUSE');
    await expect(fetch(free.virtualpos.url)).rejects.toThrow();
    await new Promise((resolve) => blocker.close(resolve));
    const again = await startSandbox({ people: 1, seed: 1, ports });
    expect([again.virtualpos.port, again.vodyanoy.port]).toEqual([ports.virtualpos, port]);
    await again.stop();
  });
});
