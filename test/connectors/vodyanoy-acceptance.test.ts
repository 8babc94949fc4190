import { createHash } from 'node:crypto';
import { vodyanoy } from '../../connectors/vodyanoy/index.ts';
import { CREATE_FIELDS, LIST_FIELDS, PHONE_FIELDS } from '../../connectors/vodyanoy/wire.ts';
import { VodyanoySandbox } from '../../sandbox/vodyanoy/index.ts';
import { testClock } from '../support/context.ts';
import { connectorAcceptance, operation, type Rig } from './kit.ts';

interface VodyanoyRig extends Rig {
  readonly sandbox: VodyanoySandbox;
}

const NAME = 'Тайноимённый Иван';
const WANTED = 'Новосёлова Анна';
const FIRST = '10000000000001';

async function start(): Promise<VodyanoyRig> {
  const clock = testClock();
  const sandbox = new VodyanoySandbox({ patch: true }, () => clock.now());
  for (let index = 0; index < 9; index += 1) {
    sandbox.addClient({
      naimenovanie: NAME,
      telefon: `7999888660${index}`,
      comment: 'описание',
      email: 'i@example.test',
      disp: '10000000000010',
      psw: `password-${index}`,
      debt: index * 100 - 250,
      nomer_karty: String(index),
    });
  }
  const { url } = await sandbox.start();
  const settings = { url, token: sandbox.options.token, pageSize: 4, update: 'patch' };
  return {
    sandbox,
    settings,
    wrongSettings: { ...settings, token: 'another-secret-token' },
    faults: sandbox.faults,
    context: { clock },
    keys: () => ({ clients: [...sandbox.clients.keys()] }),
    effects: () => sandbox.writes.length,
    markers: [NAME, WANTED, '7999888660', 'i@example.test', sandbox.options.token, 'another-secret-token', 'password-3'],
    stop: () => sandbox.stop(),
  };
}

const elsewhere = (names: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(names.filter((name) => !LIST_FIELDS.includes(name)).map((name) => [name, reason]));

connectorAcceptance<VodyanoyRig>({
  name: 'Vodyanoy',
  connector: vodyanoy,
  start,
  reads: [{ reading: 'clients', path: /\/api\/clients$/ }],
  writes: {
    'adding a client': {
      stream: 'clients',
      kind: 'unsafe',
      path: /\/api\/clients$/,
      operation: () => operation({ action: 'create', fields: { naimenovanie: WANTED, dom: '5' } }),
      arrived: ({ sandbox }) => [...sandbox.clients.values()].some(({ naimenovanie }) => naimenovanie === WANTED),
      refused: () => operation({ action: 'create', fields: { telefon: '79998886601' } }),
    },
    'changing a client': {
      stream: 'clients',
      kind: 'safe',
      path: /\/api\/clients\/\d+$/,
      operation: () => operation({ action: 'update', key: FIRST, fields: { naimenovanie: WANTED } }),
      arrived: ({ sandbox }) => sandbox.clients.get(FIRST)?.naimenovanie === WANTED,
      refused: () => operation({ action: 'update', key: '10000000000077', fields: { naimenovanie: WANTED } }),
    },
  },
  finds: {
    'a client by its code': {
      stream: 'clients',
      path: /\/api\/clients\/\d+$/,
      probe: () => ({ key: FIRST }),
      expected: () => ({ clients: [FIRST] }),
      nobody: () => ({ key: '10000000000099' }),
    },
    'a client by phone': {
      stream: 'clients',
      path: /\/api\/clients$/,
      probe: () => ({ phone: '+79998886600' }),
      expected: () => ({ clients: [FIRST] }),
      nobody: () => ({ phone: '+79990000000' }),
    },
    'a client by password': {
      stream: 'clients',
      path: /\/api\/clients$/,
      probe: () => ({ password: 'password-3' }),
      expected: () => ({ clients: ['10000000000004'] }),
      nobody: () => ({ password: 'password-77' }),
    },
    'a client by the checksum of the password': {
      stream: 'clients',
      path: /\/api\/clients$/,
      probe: () => ({ password: createHash('sha256').update('password-3').digest('hex') }),
      expected: () => ({ clients: ['10000000000004'] }),
    },
  },
  facets: {
    'what a client owes': {
      stream: 'clients',
      facet: 'debt',
      path: /\/balance$/,
      record: () => ({ key: FIRST, body: { id: FIRST } }),
      body: () => ({ balance: '-2.5' }),
    },
    'the fields that only the answer by phone has': {
      stream: 'clients',
      facet: 'phone-card',
      path: /\/api\/clients$/,
      record: () => ({ key: '10000000000002', body: { id: '10000000000002', telefon: '79998886601' } }),
      body: () => ({ nomer_karty: '1', polnoenaimenovanie: NAME }),
    },
  },
  empty: {
    clients: {
      balance: 'a call of its own shows it',
      ...elsewhere(PHONE_FIELDS, 'only the answer by phone shows it'),
      ...elsewhere(CREATE_FIELDS, 'a creation takes it, no answer shows it'),
    },
  },
});
