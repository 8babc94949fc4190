/** `sverka client ask`: the doors of the vendors, opened by hand. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from './support.ts';

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.stop());

interface Asked {
  readonly records: readonly { readonly stream: string; readonly key: string; readonly deleted: boolean; readonly fields: Record<string, unknown> }[];
  readonly cut: boolean;
}

const ask = (...args: readonly string[]) => trial.json<Asked>('client', 'ask', ...args);
const clientsOf = ({ records }: Asked): string[] => records.filter(({ stream }) => stream === 'clients').map(({ key }) => key);

describe('client ask', () => {
  test('shows what a vendor says now, with cards and savings, and keeps nothing', async () => {
    const { machine } = trial.sandbox.virtualpos;
    const [customer] = [...machine.customers.values()].filter(({ phone }) => phone !== '');
    const { code, data } = await ask('shop', '--key', customer?.id ?? '');
    expect(code).toBe(0);
    expect(data.records[0]).toMatchObject({ stream: 'clients', key: customer?.id, deleted: false, fields: { lname: customer?.lname } });
    const shown = await trial.run('client', 'ask', 'shop', '--key', customer?.id ?? '');
    expect(shown.stdout).toContain(customer?.fname);
    expect(shown.stdout + shown.stderr).not.toContain(trial.sandbox.virtualpos.apikey);
  });

  test('lists who has a phone or an e-mail address, and who has none', async () => {
    const { machine } = trial.sandbox.virtualpos;
    for (const [flag, field] of [
      ['--with-phone', 'phone'],
      ['--with-email', 'email'],
    ] as const) {
      for (const wanted of ['yes', 'no']) {
        const expected = [...machine.customers.values()].filter((one) => (one[field] !== '') === (wanted === 'yes')).map(({ id }) => id);
        const { data } = await ask('shop', flag, wanted);
        expect(clientsOf(data).sort(), `${flag} ${wanted}`).toEqual(expected.sort());
      }
    }
  });

  test('masks such a list, in words and as data, unless it is asked for; and shows one person', async () => {
    const { machine } = trial.sandbox.virtualpos;
    const people = [...machine.customers.values()].filter(({ phone }) => phone !== '');
    const values = people.flatMap(({ fname, lname, phone, email }) => [fname.trim(), lname.trim(), phone, email]).filter((value) => value.length > 3);
    expect(values.length).toBeGreaterThan(5);
    for (const args of [[], ['--json']]) {
      const { stdout } = await trial.run('client', 'ask', 'shop', '--with-phone', 'yes', ...args);
      expect(values.filter((value) => stdout.includes(value))).toEqual([]);
      expect(stdout).toContain(people[0]?.id);
      const shown = await trial.run('client', 'ask', 'shop', '--with-phone', 'yes', '--show-personal', ...args);
      expect(values.filter((value) => !shown.stdout.includes(value))).toEqual([]);
    }
    const one = await trial.run('client', 'ask', 'shop', '--phone', people[0]?.phone ?? '');
    expect(one.stdout).toContain(people[0]?.phone);
  });

  test('tells the archived from the unknown', async () => {
    const { machine } = trial.sandbox.lotinfo;
    const [id = 0] = machine.clients.keys();
    machine.editClient(id, { state: 2 });
    const code = String(trial.sandbox.lotinfo.code);
    expect((await ask('crm', '--key', String(id), '--code', code)).data.records).toMatchObject([{ key: String(id), deleted: true }]);
    const unknown = await trial.run('client', 'ask', 'crm', '--key', '99999', '--code', code);
    expect(unknown).toMatchObject({ code: 1, stdout: expect.stringContaining('nobody was found') });
  });

  test.each([
    [['delivery', '--email', 'a@b.ru'], 'It can be asked by --key, --phone, --password'],
    [['shop'], '--phone'],
    [['nowhere', '--key', '1'], 'there is no system "nowhere"'],
    [['delivery', '--password'], 'no password was given'],
    [['shop', '--with-phone', 'maybe'], 'yes, no'],
  ])('%j is refused with what to do', async (args, said) => {
    const { code, stderr } = await trial.run('client', 'ask', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
