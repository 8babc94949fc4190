import { virtualpos } from '../../../connectors/virtualpos/index.ts';
import { type Acceptance, connectorAcceptance, operation } from '../kit.ts';
import { startVirtualpos, type VirtualposRig } from './rig.ts';

const cardOf = (rig: VirtualposRig, uid: string) => [...rig.machine.cards.values()].find((card) => card.uid === uid);

const shared: Omit<Acceptance<VirtualposRig>, 'name' | 'start'> = {
  connector: virtualpos,
  reads: [{ reading: 'customers', path: /^\/api\/customer$/ }],
  writes: {
    'an update of a client': {
      stream: 'clients',
      kind: 'safe',
      path: /\/update$/,
      operation: () => operation({ action: 'update', key: '3', fields: { fname: 'Новое & имя', email: '', age: '40' } }),
      arrived: ({ machine }) => machine.customers.get('3')?.fname === 'Новое & имя' && machine.customers.get('3')?.email === '',
      refused: () => operation({ action: 'update', key: '999', fields: { fname: 'Меченый' } }),
    },
    'a new client with our reference': {
      stream: 'clients',
      kind: 'safe',
      path: /\/update$/,
      operation: () => operation({ action: 'create', reference: 'ours-1', fields: { fname: 'Пётр', phone: '+79130001122' } }),
      arrived: ({ machine }) => [...machine.customers.values()].filter((one) => one.external_id === 'ours-1' && one.fname === 'Пётр').length === 1,
      refused: () => operation({ action: 'create', reference: 'ours-1', fields: { group_id: '77', lname: 'Меченый' } }),
    },
    'a new client without a reference': {
      stream: 'clients',
      kind: 'unsafe',
      path: /\/update$/,
      operation: () => operation({ action: 'create', fields: { fname: 'Павел' } }),
      arrived: ({ machine }) => [...machine.customers.values()].filter((one) => one.fname === 'Павел').length === 1,
    },
    'an update of a card': {
      stream: 'cards',
      kind: 'safe',
      path: /\/updateCard$/,
      operation: () => operation({ action: 'update', key: '1', fields: { status: 'BLOCKED' } }),
      arrived: ({ machine }) => machine.cards.get('1')?.status === 'BLOCKED',
      refused: () => operation({ action: 'update', key: '1', fields: { status: 'Меченый' } }),
    },
    'a new card': {
      stream: 'cards',
      kind: 'safe',
      path: /\/updateCard$/,
      operation: () => operation({ action: 'create', parentKey: '6', fields: { uid: '300001', medium: 'APP' } }),
      arrived: (rig) => {
        const card = cardOf(rig, '300001');
        return card?.customer_id === '6' && card.medium === 'APP' && card.status === 'ACTIVE';
      },
      refused: () => operation({ action: 'create', parentKey: '999', fields: { uid: '300001' } }),
    },
    'a deleted card': {
      stream: 'cards',
      kind: 'safe',
      path: /\/deleteCard$/,
      operation: () => operation({ action: 'delete', key: '2' }),
      arrived: ({ machine }) => !machine.cards.has('2'),
    },
    'points added': {
      stream: 'bonuses',
      kind: 'unsafe',
      path: /\/updateBonus$/,
      operation: () => operation({ action: 'adjust', key: '1:1', adjust: { delta: 250, target: 1251 } }),
      arrived: ({ machine }) => machine.balance('1', '1') === 1251,
      refused: () => operation({ action: 'adjust', key: '1:1', adjust: { delta: -500_000, target: 0 } }),
    },
    'points of a new account': {
      stream: 'bonuses',
      kind: 'unsafe',
      path: /\/updateBonus$/,
      operation: () => operation({ action: 'adjust', parentKey: '7', adjust: { delta: 5, target: 5 } }),
      arrived: ({ machine }) => machine.balance('7', '1') === 5,
    },
  },
};

connectorAcceptance({ ...shared, name: 'VirtualPOS in JSON', start: () => startVirtualpos() });
connectorAcceptance({
  ...shared,
  name: 'VirtualPOS in XML, key in the query, 403 for a wrong one',
  start: () => startVirtualpos({ wrongKey: '403' }, { format: 'xml', keyIn: 'query', deleteMethod: 'GET' }),
});
