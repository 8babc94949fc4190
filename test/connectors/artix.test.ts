import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedNotices } from '../../app/adapters/notices.ts';
import type { Store } from '../../canonical/open.ts';
import { artix } from '../../connectors/artix/index.ts';
import type { Notices } from '../../core/notices.ts';
import { type ArtixOptions, ArtixSandbox } from '../../sandbox/artix/index.ts';
import { sqliteStores } from '../support/stores.ts';
import { type ArtixRig, changeCard, changeGroup } from './artix-replaced.ts';
import { type Acceptance, connectorAcceptance, operation, type WriteCase } from './kit.ts';

const PASSWORD = 'sandbox-artix-password';
const CLIENTS = 7;

function seed(sandbox: ArtixSandbox): void {
  sandbox.addCardGroup({
    idcardgroup: 1,
    name: 'Бонусные',
    text: 'note',
    cardmode: 1,
    notaddemptycard: true,
    pattern: '[0-9]',
    regexpattern: '[0-9]+',
    inputmask: 7,
  });
  const texts =
    'lastname patronymic text specialdate1name specialdate2name specialdate3name zipcode address email webpage inn ' +
    'document okpo okpd occupation organizationcode codeword userid extendedoptions';
  for (let id = 1; id <= CLIENTS; id += 1) {
    const idclient = String(id);
    sandbox.addClient({
      ...Object.fromEntries(texts.split(' ').map((name) => [name, `Тайный-${name}`])),
      idclient,
      name: 'Тайный-Пётр',
      sex: id % 2,
      birthday: '1966-05-20',
      specialdate1: '1980-08-08',
      specialdate2: '1981-08-08',
      specialdate3: '1982-08-08',
      phonenumber: `7900000000${id}`,
      childrencount: 2,
      subscriptionadj: 1,
      options: 3,
      communications: 13,
    });
    sandbox.addCard({
      idcard: `card-${id}`,
      idcardgroup: 1,
      idclient,
      number: `200000000000${id}`,
      validitydatebeg: '2024-01-01',
      validitydateend: '2030-12-31',
      cardSum: 10.5,
      blocked: 0,
      discountpercent: 5,
      cardstatus: 1,
      pincode: 'Тайный-pin',
      lastKnownBonusBalance: 1,
    });
    if (id < CLIENTS) sandbox.addAccountCard({ number: `200000000000${id}`, accountNumber: `account-${id}` }, id * 100);
  }
}

type MakeSettings = (url: string, directory: string) => Record<string, unknown>;

async function start(options: Partial<ArtixOptions>, settings: MakeSettings, notices?: Notices): Promise<ArtixRig> {
  const sandbox = new ArtixSandbox({ showsUpdateTime: true, ...options });
  seed(sandbox);
  const { url } = await sandbox.start();
  const directory = await mkdtemp(join(tmpdir(), 'artix-kit-'));
  sandbox.watch(directory);
  const made = settings(url, directory);
  return {
    sandbox,
    settings: made,
    ...(notices && { context: { notices } }),
    wrongSettings: { ...made, rest: { ...(made.rest as object), password: 'wrong-password' } },
    faults: sandbox.faults,
    keys: () => ({
      clients: [...sandbox.clients.keys()],
      cards: [...sandbox.cards.keys()],
      'card-types': [...sandbox.state.groups.entries.keys()],
      bonuses: [...sandbox.accounts.accounts.keys()],
    }),
    effects: () => {
      sandbox.takeFiles();
      // Opening an account and its bonus card is part of making a card, not a write of its own.
      return sandbox.writes.filter(({ call }) => !/^POST (accounts|cards)$|^addChangeCardAccount$/.test(call)).length;
    },
    markers: ['Тайный', '7900000000', PASSWORD, 'wrong-password'],
    async stop() {
      await sandbox.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const login = { login: 'admin', password: PASSWORD };
const parts = (url: string, rest: object = {}, accounts: object = {}) => ({
  defaultCardGroup: '1',
  rest: { url: `${url}/CSrest/rest/`, ...login, ...rest },
  accounts: { url: `${url}/ACC/rest/v1/`, ...login, ...accounts },
});

const NEVER_SHOWN = {
  clients: {
    phonenumbr: "the tables' spelling; the cash server shows phonenumber",
    createdate: 'a column of the cash server that the sandbox does not keep',
    crc: 'as createdate',
    ownerStoreid: 'as createdate',
  },
  cards: {
    lastKnownBonusBalanceDate: 'as createdate',
    purchases: 'as createdate',
    shopcode: 'as createdate',
    crc: 'as createdate',
    ownerStoreId: 'as createdate',
  },
};

const clientFields = { name: 'Тайный-Иван', sex: 0, birthday: '1990-01-02' };

const createClient: WriteCase<ArtixRig> = {
  stream: 'clients',
  kind: 'safe',
  path: /dictionaries\/clients$/,
  operation: () => operation({ action: 'create', reference: 'sv-1', fields: clientFields }),
  arrived: ({ sandbox }) => sandbox.clients.get('sv-1')?.name === clientFields.name,
};

const updateClient: WriteCase<ArtixRig> = {
  stream: 'clients',
  kind: 'safe',
  path: /dictionaries\/clients$/,
  operation: ({ sandbox }) => {
    const fields = { name: 'Тайный-Новый' };
    const { update_time: _, ...body } = sandbox.clients.get('3') ?? {};
    return operation({ action: 'update', key: '3', fields, body: { ...(body as Record<string, string>), ...fields } });
  },
  arrived: ({ sandbox }) => {
    const client = sandbox.clients.get('3');
    return client?.name === 'Тайный-Новый' && client.codeword === 'Тайный-codeword';
  },
};

const changeClient: WriteCase<ArtixRig> = {
  ...updateClient,
  meanwhile: {
    key: '3',
    field: 'email',
    other: 'codeword',
    values: ['new@example.com', 'Тайный-новый'],
    edit: ({ sandbox }, fields) => sandbox.editClient('3', fields),
    holds: ({ sandbox }, field) => String(sandbox.clients.get('3')?.[field]),
  },
};

const deleteClient: WriteCase<ArtixRig> = {
  stream: 'clients',
  kind: 'safe',
  path: /dictionaries\/clients\/id\/3$/,
  operation: () => operation({ action: 'delete', key: '3' }),
  arrived: ({ sandbox }) => !sandbox.clients.has('3'),
};

const createCard: WriteCase<ArtixRig> = {
  stream: 'cards',
  kind: 'safe',
  path: /CSrest\/rest\/dictionaries\/cards$/,
  operation: () => operation({ action: 'create', parentKey: '3', fields: { number: '99' } }),
  arrived: ({ sandbox }) => sandbox.cards.get('99')?.idclient === '3' && sandbox.accounts.cards.has('99'),
  refused: () => operation({ action: 'create', parentKey: '3', fields: { number: '2000000000001', idcard: 'new' } }),
};

const createGroup: WriteCase<ArtixRig> = {
  stream: 'card-types',
  kind: 'unsafe',
  path: /dictionaries\/cardGroups$/,
  operation: () => operation({ action: 'create', fields: { idcardgroup: '5', name: 'Gold', cardmode: 1 } }),
  arrived: ({ sandbox }) => sandbox.state.groups.get('5')?.name === 'Gold',
};

const adjust: WriteCase<ArtixRig> = {
  stream: 'bonuses',
  kind: 'safe',
  path: /assets$/,
  operation: () => operation({ action: 'adjust', key: 'account-2', adjust: { delta: 150, target: 350, cardNumber: '2000000000002' } }),
  arrived: ({ sandbox }) => sandbox.balance('2000000000002') === 350,
  refused: () => operation({ action: 'adjust', key: 'account-2', adjust: { delta: -201, target: 0, cardNumber: '2000000000002' } }),
};

const READS = [
  { reading: 'clients', path: /dictionaries\/clients/ },
  { reading: 'card-types', path: /dictionaries\/cardGroups/ },
  { reading: 'cards', path: /dictionaries\/cards/ },
  { reading: 'bonuses', path: /ACC\/rest\/v1\/cards\// },
];

connectorAcceptance<ArtixRig>({
  name: 'artix over REST',
  connector: artix,
  start: () => start({}, (url) => parts(url)),
  reads: READS,
  empty: NEVER_SHOWN,
  writes: {
    'creating a client': {
      ...createClient,
      refused: () => operation({ action: 'create', reference: 'sv-1', fields: { birthday: '1800-01-01' } }),
    },
    'changing a client': changeClient,
    'changing a card': changeCard,
    'changing a card group': changeGroup,
    'deleting a client': deleteClient,
    'creating a card': createCard,
    'creating a card group': createGroup,
    'adjusting a balance': adjust,
  },
});

connectorAcceptance<ArtixRig>({
  name: 'artix page by page',
  connector: artix,
  start: () => start({ pageCap: 3, totalElements: true, repeatedSession: 'error' }, (url) => parts(url, { paging: 'bypage' }, { source: 'accounts' })),
  reads: [
    { reading: 'clients', path: /dictionaries\/clients\/bypage/ },
    { reading: 'bonuses', path: /accounts\/bypage/ },
  ],
  empty: { clients: NEVER_SHOWN.clients },
  writes: { 'adjusting a balance': adjust },
});

/** Faults of a server do not touch a file: these would only repeat "arrives once". */
const NOT_BY_FILE = Object.keys({ createClient, updateClient, deleteClient, createCard, createGroup, changeCard, changeGroup }).flatMap((name) => [
  ...['a lost answer', 'a reset before any work', '429', 'a 5xx', 'an HTML page', 'half an answer'].map((fault) => `${name} after ${fault}`),
  `${name} where redirects answer`,
]);
const NO_KEY = Object.keys({ createClient, updateClient, deleteClient, createCard, createGroup, changeCard, changeGroup }).map(
  (name) => `${name} while the key is refused`,
);

const byFile: Acceptance<ArtixRig> = {
  name: 'artix by file',
  connector: artix,
  start: () =>
    // One command to a file: the kit wants each result before it gives the next operation.
    start({}, (url, directory) => ({ ...parts(url), route: 'file', file: { directory, batch: 1 } })),
  reads: [],
  writes: {
    createClient,
    updateClient,
    deleteClient,
    createCard: { ...createCard, refused: () => operation({ action: 'create', parentKey: '3', fields: {} }) },
    createGroup: { ...createGroup, kind: 'safe' },
    changeCard,
    changeGroup,
  },
  skips: Object.fromEntries([...NOT_BY_FILE.map((name) => [name, 'no call is made']), ...NO_KEY.map((name) => [name, 'a directory has no key'])]),
};

connectorAcceptance<ArtixRig>(byFile);

const additional = { stream: 'additional-cards', kind: 'safe', path: /aifexchange/ } as const;
const createAdditional: WriteCase<ArtixRig> = {
  ...additional,
  operation: () => operation({ action: 'create', parentKey: '3', fields: { additionalnumber: '79000000003', cardnumber: '2000000000003', isactive: true } }),
  arrived: ({ sandbox }) => sandbox.state.additional.get('79000000003')?.isactive === 1,
  refused: () => operation({ action: 'create', fields: { additionalnumber: '79000000003' } }),
};

const exchange = { path: /aifexchange/ };

/** Loads are said to be loaded when they are sent, and nobody waits: what is called back is tried in tests of its own. */
function overHttp(store: () => Promise<Store>, more: object): () => Promise<ArtixRig> {
  return async () => {
    const stored = storedNotices(await store(), { now: Date.now, sleep: async () => undefined }, () => 1);
    const http = { ...login, shops: ['1'], batch: 1, ...more };
    return start({ callsBack: false }, (url) => ({ ...parts(url), route: 'http', http: { url: `${url}/aifexchange/`, ...http } }), stored);
  };
}

const stores = sqliteStores();

connectorAcceptance<ArtixRig>({
  name: 'artix over the exchange service',
  connector: artix,
  start: overHttp(stores, {}),
  reads: [],
  writes: {
    createClient: { ...createClient, ...exchange },
    updateClient: { ...updateClient, ...exchange },
    deleteClient: { ...deleteClient, ...exchange },
    createCard: { ...createCard, ...exchange, refused: () => operation({ action: 'create', parentKey: '3', fields: {} }) },
    createGroup: { ...createGroup, ...exchange, kind: 'safe' },
    changeCard: { ...changeCard, ...exchange },
    changeGroup: { ...changeGroup, ...exchange },
    createAdditional,
  },
});

connectorAcceptance<ArtixRig>({
  name: 'artix over the exchange service, with statuses',
  connector: artix,
  start: overHttp(stores, { statuses: { waitSeconds: 0 } }),
  reads: [],
  writes: { createClient: { ...createClient, ...exchange }, createAdditional },
  skips: Object.fromEntries(
    ['createClient', 'createAdditional'].map((name) => [`${name} is taken only when it is sent`, 'one load at a time: the second waits']),
  ),
});

/** What the sandbox holds, as a file of commands. */
async function exported({ sandbox }: ArtixRig, directory: string): Promise<void> {
  const rows = (command: string, object: string, entries: Iterable<object>): string[] =>
    [...entries].map((row) => `${JSON.stringify({ command, [object]: row })}\n---\n`);
  for (let id = 1; id <= CLIENTS; id += 1) {
    sandbox.state.putAdditional({
      values: { additionalnumber: `a-${id}`, idcardgroup: 1, cardnumber: `200000000000${id}`, idclient: `${id}`, isactive: 1 },
      cleared: [],
    });
  }
  const { clients, cards, groups, additional: more } = sandbox.state;
  const text = [
    rows('addClient', 'client', clients.entries.values()),
    rows('addCardGroup', 'cardGroup', groups.entries.values()),
    rows('addCard', 'card', cards.entries.values()),
    rows('addAdditionalCard', 'additionalcard', more.entries.values()),
  ];
  await writeFile(join(directory, 'pos1.aif'), text.flat().join(''));
  await writeFile(join(directory, 'pos1.flz'), '');
}

const SOURCE_READS = ['clients', 'card-types', 'cards', 'additional-cards'].map((reading) => ({ reading, path: /nowhere/ }));
const NO_CALLS = ['first', 'second'].flatMap((call) =>
  SOURCE_READS.flatMap(({ reading }) =>
    [
      ...['429 with Retry-After', 'two 5xx', 'a reset before the answer', 'a reset after the work', 'a cut connection'].map(
        (fault) => `survives ${fault} at the ${call} call`,
      ),
      ...['half a body', 'an HTML page', 'a refused key', 'a lasting 5xx', 'an error told in the body', 'a page given twice', 'a page that skips a row'].map(
        (fault) => `tells no lie after ${fault} at the ${call} call`,
      ),
    ].map((name) => `reading ${reading} ${name}`),
  ),
);

connectorAcceptance<ArtixRig>({
  name: 'artix from command files',
  connector: artix,
  async start() {
    let lies = '';
    const rig = await start({ showsUpdateTime: false }, (_url, directory) => {
      lies = directory;
      return { route: 'file', file: { directory }, source: { directory, wholeHistory: true } };
    });
    await exported(rig, lies);
    return { ...rig, keys: () => ({ ...rig.keys(), 'additional-cards': [...rig.sandbox.state.additional.entries.keys()] }) };
  },
  reads: SOURCE_READS,
  empty: NEVER_SHOWN,
  writes: {},
  skips: Object.fromEntries([
    ...NO_CALLS.map((name) => [name, 'no call is made']),
    ...SOURCE_READS.map(({ reading }) => [`reading ${reading} stops promptly`, 'as above']),
    ['check refuses a wrong key', 'a directory has no key'],
  ]),
});
