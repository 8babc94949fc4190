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
      meanwhile: {
        key: '3',
        field: 'email',
        other: 'custom_information',
        values: ['new@example.com', 'другая заметка'],
        edit: ({ machine }, fields) => machine.editCustomer('3', fields),
        holds: ({ machine }, field) => machine.customers.get('3')?.[field as 'email'] ?? '',
      },
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
      operation: () => operation({ action: 'update', key: '1', parentKey: '1', fields: { status: 'BLOCKED' } }),
      arrived: ({ machine }) => machine.cards.get('1')?.status === 'BLOCKED',
      refused: () => operation({ action: 'update', key: '1', parentKey: '1', fields: { status: 'Меченый' } }),
      meanwhile: {
        key: '1',
        field: 'medium',
        other: 'activate_date',
        values: ['APP', '2025-01-01 00:00:00'],
        edit: ({ machine }, fields) => machine.editCard('1', fields),
        holds: ({ machine }, field) => machine.cards.get('1')?.[field as 'medium'] ?? '',
      },
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

const LIST = /^\/api\/customer$/;
const unitOf = (rig: VirtualposRig, ids: readonly string[]) => ({
  clients: ids,
  cards: [...rig.machine.cards.values()].filter((card) => ids.includes(card.customer_id)).map((card) => card.id),
  bonuses: rig.keys()['bonuses']?.filter((key) => ids.includes(key.split(':')[0] ?? '')) ?? [],
});
const having = (rig: VirtualposRig, field: 'phone' | 'email', wanted: boolean) =>
  [...rig.machine.customers.values()].filter((one) => (one[field] !== '') === wanted).map(({ id }) => id);
const finds: NonNullable<Acceptance<VirtualposRig>['finds']> = {
  'a client by its key': {
    stream: 'clients',
    path: LIST,
    probe: () => ({ key: '3' }),
    expected: (rig) => unitOf(rig, ['3']),
    nobody: () => ({ key: '999' }),
  },
  'a client by phone': {
    stream: 'clients',
    path: LIST,
    probe: () => ({ phone: '+79130000775' }),
    expected: (rig) => unitOf(rig, ['5']),
    nobody: () => ({ phone: '+79990000000' }),
  },
  'a client by e-mail address': {
    stream: 'clients',
    path: LIST,
    probe: () => ({ email: 'client5@example.com' }),
    expected: (rig) => unitOf(rig, ['5']),
    nobody: () => ({ email: 'nobody@example.com' }),
  },
  'a client by our reference': {
    stream: 'clients',
    path: LIST,
    probe: () => ({ reference: 'ext-2' }),
    expected: (rig) => unitOf(rig, ['2']),
    nobody: () => ({ reference: 'ext-99' }),
  },
  'clients with a phone': { stream: 'clients', path: LIST, probe: () => ({ hasPhone: true }), expected: (rig) => unitOf(rig, having(rig, 'phone', true)) },
  'clients without a phone': { stream: 'clients', path: LIST, probe: () => ({ hasPhone: false }), expected: (rig) => unitOf(rig, having(rig, 'phone', false)) },
  'clients with an e-mail address': {
    stream: 'clients',
    path: LIST,
    probe: () => ({ hasEmail: true }),
    expected: (rig) => unitOf(rig, having(rig, 'email', true)),
    nobody: () => ({ hasEmail: true, hasPhone: false }),
  },
  'savings by their key': { stream: 'bonuses', path: LIST, probe: () => ({ key: '2:1' }), expected: () => ({ bonuses: ['2:1'] }) },
};

connectorAcceptance({ ...shared, finds, name: 'VirtualPOS in JSON', start: () => startVirtualpos() });
connectorAcceptance({
  ...shared,
  finds,
  name: 'VirtualPOS read by POST, the key in the body',
  start: () => startVirtualpos({}, { readMethod: 'POST' }),
});
connectorAcceptance({
  ...shared,
  finds,
  name: 'VirtualPOS in XML, key in the query, 403 for a wrong one',
  start: () => startVirtualpos({ wrongKey: '403' }, { format: 'xml', keyIn: 'query', deleteMethod: 'GET' }),
});
connectorAcceptance({
  ...shared,
  name: 'VirtualPOS that empties what a change does not send',
  start: () => startVirtualpos({ partialUpdate: false }),
});
