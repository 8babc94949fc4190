/** What a person does at the doors of Artix: loads over the exchange service, full loads, the journal of a card. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArtixSandbox } from '../../sandbox/index.ts';
import { cancelOthers } from '../connectors/artix-support.ts';
import { startTrial, type Trial, typedAt } from './support.ts';

let trial: Trial;
let port: number;

beforeAll(async () => {
  const free = new ArtixSandbox();
  ({ port } = await free.start());
  await free.stop();
  trial = await startTrial({ people: 12 });
  const { aifUrl } = trial.sandbox.artix;
  trial.configure((yaml) =>
    yaml.replace(
      'vendor: artix\n    zone: Asia/Novosibirsk\n    settings:\n',
      (head) =>
        `${head}      route: http\n      http: { url: "${aifUrl}", login: admin, password: { env: TILLS_PASSWORD }, shops: ["1"], statuses: { listen: "127.0.0.1:${port}" } }\n`,
    ),
  );
});
afterAll(() => trial.stop());

describe('sync over the exchange service', () => {
  test('hears what is called back, and has nothing left to do', async () => {
    const first = await trial.run('sync');
    expect([0, 3]).toContain(first.code);
    const { machine } = trial.sandbox.artix;
    expect(machine.aif.loads.length).toBeGreaterThan(0);
    expect(machine.aif.callbacks.map(({ status }) => status).every((status) => status === 200)).toBe(true);
    const loads = machine.aif.loads.length;
    const second = await trial.json<{ delivered: number; waiting: { accepted: number } }>('sync');
    expect(second.data).toMatchObject({ delivered: 0, waiting: { accepted: 0 } });
    expect(machine.aif.loads).toHaveLength(loads);
  });
});

describe('sync --full-load', () => {
  /** The command at a terminal at which this is typed. */
  const typed = async (words: string): Promise<{ code: number | null; asked: string; shown: string; said: string }> => {
    let asked = '';
    const ask = async (question: string): Promise<string> => {
      asked += question;
      return words;
    };
    const args = ['sync', '--full-load', '--system', 'tills', '--config', join(trial.directory, 'sverka.yaml')];
    const { code, stdout: said, stderr: shown } = await typedAt({ inTty: true, ask }, args);
    return { code, asked, shown, said };
  };

  test('wants one system, and a person', async () => {
    const none = await trial.run('sync', '--full-load');
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/one stream of one system[\s\S]*--system/)]);
    const alone = await trial.run('sync', '--full-load', '--system', 'tills');
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('there is no terminal to ask on')]);
    const other = await trial.run('sync', '--full-load', '--system', 'shop');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('LOAD_REFUSED')]);
  });

  test('sends nothing unless the system and the number are typed', async () => {
    const { machine } = trial.sandbox.artix;
    const loads = machine.aif.loads.length;
    const count = machine.clients.size;
    for (const words of ['', 'y', 'yes', 'tills', `shop ${count}`, `tills ${count + 1}`]) {
      const { code, asked, said } = await typed(words);
      expect([code, said]).toEqual([0, expect.stringContaining('nothing was sent')]);
      expect(asked).toContain(`"tills ${count}"`);
    }
    expect(machine.aif.loads).toHaveLength(loads);
    const names = [...machine.clients.keys()];
    const { code, shown, said } = await typed(`tills ${count}`);
    expect([0, 3]).toContain(code);
    expect(shown).toMatch(new RegExp(`all ${count} clients are cleared, and ${count} are loaded in one piece`));
    expect(said).toContain('handed over whole');
    expect(said).toContain(`${count} writes to vendors`);
    expect(machine.aif.loads).toHaveLength(loads + 1);
    expect(machine.aif.loads.at(-1)).toMatchObject({ commands: count + 1, status: 'STATUS_READY' });
    expect([...machine.clients.keys()].sort()).toEqual(names.sort());
  });
});

describe('bonus journal', () => {
  test('lists what was booked, and whose it is', async () => {
    const { machine } = trial.sandbox.artix;
    const [card = ''] = [...machine.accounts.cards.keys()];
    machine.earn(card, 12_345);
    const { code, stdout } = await trial.run('bonus', 'journal', card);
    expect(code).toBe(0);
    expect(stdout).toMatch(/tills[\s\S]*ADD +123\.45 +COMMITED/);
    expect(stdout).toContain('they come to the balance');
    await cancelOthers(new URL(trial.sandbox.artix.accUrl).origin, card);
    const cancelled = (await trial.run('bonus', 'journal', card)).stdout;
    expect(cancelled).toContain('they come to the balance, 0.07');
    expect(cancelled).toMatch(/not counted: \d+ entr(y|ies) CANCELLED/);
    expect((await trial.run('bonus', 'journal', 'nobody')).code).toBe(1);
    expect((await trial.run('bonus', 'journal', card, '--system', 'shop')).code).toBe(2);
  });
});
