import { lotinfo } from '../../connectors/lotinfo/index.ts';
import { LotinfoSandbox } from '../../sandbox/lotinfo/index.ts';
import { testClock } from '../support/context.ts';
import { connectorAcceptance, operation, type Rig } from './kit.ts';

interface LotinfoRig extends Rig {
  readonly sandbox: LotinfoSandbox;
}

const NAME = 'Тайноимённый';
const LIST = /\/v1\/CLIENTS$/;
const WANTED = 'Новосёлова';

async function start(): Promise<LotinfoRig> {
  const clock = testClock();
  const sandbox = new LotinfoSandbox({}, () => clock.now());
  for (let index = 0; index < 9; index += 1) {
    sandbox.addClient({
      userId: 7,
      apiIdExchange: 1000 + index,
      fioF: NAME,
      fioI: 'Иван',
      fioO: 'Иванович',
      fioDesc: 'описание',
      sex: 'male',
      birthday: '10.01.1985',
      deeps: 3,
      deepon: 1,
      clientc: 1,
      family: 0,
      address: 'ул. Ленина',
      cityId: 1067,
      userCategory: [10],
      clientType: 1,
      agency: 'Агентство',
      contacts: [{ type: 'mobile', value: `7999888660${index}` }],
      comments: [{ value: 'первый' }],
      objects: [{ id: 200 + index, lpr: 1 }],
    });
  }
  const { url } = await sandbox.start();
  const settings = { url: `${url}/v1/`, token: sandbox.options.token, code: String(sandbox.options.code), pageSize: 4 };
  return {
    sandbox,
    settings,
    wrongSettings: { ...settings, token: 'another-secret-token' },
    faults: sandbox.faults,
    context: { clock },
    keys: () => ({ clients: [...sandbox.clients.keys()].map(String) }),
    effects: () => sandbox.writes.length,
    markers: [NAME, WANTED, '7999888660', sandbox.options.token, 'another-secret-token', settings.code],
    stop: () => sandbox.stop(),
  };
}

connectorAcceptance<LotinfoRig>({
  name: 'Lotinfo',
  connector: lotinfo,
  start,
  reads: [{ reading: 'clients', path: /\/v1\/CLIENTS$/ }],
  writes: {
    'adding a client': {
      stream: 'clients',
      kind: 'unsafe',
      path: /\/v1\/CLIENTS$/,
      operation: () => operation({ action: 'create', fields: { fioF: WANTED }, reference: '5001' }),
      arrived: ({ sandbox }) => [...sandbox.clients.values()].some(({ fields }) => fields.fioF === WANTED),
      refused: () => operation({ action: 'create', fields: { fioF: WANTED, sex: 'unheard-of' } }),
    },
    'adding a comment': {
      stream: 'clients',
      kind: 'unsafe',
      path: /\/COMMENTS$/,
      operation: () => operation({ action: 'update', key: '103', fields: { comments: [{ value: 'первый' }, { value: WANTED }] } }),
      arrived: ({ sandbox }) => sandbox.clients.get(103)?.comments.filter(({ value }) => value === WANTED).length === 1,
      refused: () => operation({ action: 'update', key: '99999', fields: { comments: [{ value: WANTED }] } }),
    },
  },
  finds: {
    'a client by its id': {
      stream: 'clients',
      path: LIST,
      probe: () => ({ key: '103' }),
      expected: () => ({ clients: ['103'] }),
      nobody: () => ({ key: '99999' }),
    },
    'a client by our reference': {
      stream: 'clients',
      path: LIST,
      probe: () => ({ reference: '1004' }),
      expected: () => ({ clients: ['105'] }),
      nobody: () => ({ reference: '99999' }),
    },
  },
  empty: {
    clients: {
      passport: 'readings do not show it',
      orders: 'readings do not show them',
    },
  },
  skips: {
    'adding a client is taken only when it is sent': 'an insert takes a batch, gathered before it is sent',
    'adding a comment is taken only when it is sent': 'comments are gathered together with inserts, before they are sent',
  },
});
