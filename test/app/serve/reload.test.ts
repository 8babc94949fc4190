import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from '../../../app/adapters/clock.ts';
import { CONNECTOR_FACTS } from '../../../app/registry.ts';
import { serve } from '../../../app/serve/serve.ts';
import { type LoadedConfig, loadConfig } from '../../../config/load.ts';
import { QUIET } from '../../scheduler/support.ts';
import { freePort } from '../../support/free-port.ts';
import { sqliteStores } from '../../support/stores.ts';

const openFresh = sqliteStores();

const yaml = (statuses: string): string => `
store: { sqlite: ./x.db }
systems:
  tills:
    vendor: artix
    settings:
      route: http
      rest: { url: "http://127.0.0.1:9/CSrest/rest/", auth: false }
      http: { url: "http://127.0.0.1:9/aifexchange/", auth: false, shops: ["1"]${statuses} }
    streams: { clients: { pull: on, push: plan, create: none, update: all, delete: ignore } }
jobs: { arrived: { trigger: { file: ./ready.flag } } }
`;

const load = (text: string): Promise<LoadedConfig> =>
  loadConfig('/nowhere/sverka.yaml', {
    env: {},
    connectors: CONNECTOR_FACTS,
    readFile: async (path) => (path.endsWith('.yaml') ? { text, mode: 0o600 } : null),
  });

test('a reload moves the listener for the calls of vendors, ends it and begins it again', async () => {
  const [one, two] = [await freePort(), await freePort()];
  const at = (port: number): string => `, statuses: { listen: "127.0.0.1:${port}" }`;
  const said = new EventEmitter();
  const log = { ...QUIET, info: (message: string, facts: object = {}) => void said.emit(message, facts), error: (message: string) => void said.emit(message) };
  const [stop, reloads] = [new AbortController(), new EventEmitter()];
  let text = yaml(at(one));
  const nextWord = (message: string): Promise<unknown[]> => once(said, message);
  const heard = nextWord('listening for the calls of a vendor');
  const served = serve({
    loaded: await load(text),
    store: await openFresh(),
    log,
    clock: systemClock,
    signal: stop.signal,
    reload: () => load(text),
    onReload: (then) => {
      reloads.on('hup', then);
      return () => reloads.off('hup', then);
    },
  });
  expect((await heard)[0]).toMatchObject({ address: `127.0.0.1:${one}` });
  const reload = async (next: string, word: string): Promise<unknown> => {
    text = next;
    const answer = nextWord(word);
    reloads.emit('hup');
    return (await answer)[0];
  };
  const statusAt = (port: number): Promise<number> => fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(({ status }) => status);
  expect(await reload(yaml(at(two)), 'listening for the calls of a vendor')).toMatchObject({ address: `127.0.0.1:${two}` });
  expect(await statusAt(two)).toBe(404);
  await expect(statusAt(one)).rejects.toThrow();
  await reload(yaml(''), 'the configuration was read anew');
  await expect(statusAt(two)).rejects.toThrow();
  // An address that cannot be had does not end a service that works.
  await reload(yaml(', statuses: { listen: "192.0.2.1:15080", from: ["192.0.2.2"] }'), 'the calls of vendors are not heard');
  expect(await reload(yaml(at(one)), 'listening for the calls of a vendor')).toMatchObject({ address: `127.0.0.1:${one}` });
  stop.abort();
  await served;
}, 30_000);
