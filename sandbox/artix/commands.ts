import type { ArtixAccounts } from './accounts.ts';
import { additionalCardRules, cardGroupRules, cardRules, type Reading, readClient, readFields } from './fields.ts';
import type { ArtixState } from './state.ts';
import { isObject, type JsonObject, RecordRefused } from './values.ts';

/** What a command changes. */
export interface Target {
  state: ArtixState;
  accounts: ArtixAccounts;
}

/** Goods, cashiers and the like, which integrators send in the same files; taken and forgotten. */
const IGNORED = new Set([
  'clearInventory',
  'clearInventGroup',
  'clearUnit',
  'clearTmcScale',
  'clearBarcode',
  'clearMedicine',
  'addInventItem',
  'deleteInventItem',
  'addInventGroup',
  'addTaxGroup',
  'addUnit',
  'addTmcScale',
  'deleteTmcScale',
  'addMCashUser',
  'addCountry',
  'addMedicine',
  'addInventCatalog',
  'addKbKey',
  'addHotKey',
]);

const part = (command: JsonObject, name: string, reading: Reading): JsonObject => {
  const value = command[reading.lowered ? name.toLowerCase() : name];
  if (!isObject(value)) throw new RecordRefused(`${name}: missing`);
  return value;
};

const key = (source: JsonObject, name: string, reading: Reading): string => {
  const value = source[reading.lowered ? name.toLowerCase() : name];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') throw new RecordRefused(`${name}: missing`);
  return value;
};

/** Does one command and returns the key it touched. */
type Handler = (target: Target, command: JsonObject, reading: Reading) => string;

const changeCardAccount: Handler = ({ accounts }, command, reading) => {
  const raw = part(command, 'ChangeCardAccount', reading);
  const number = key(raw, 'cardNumber', reading);
  const accountNumber = key(raw, 'accountnumber', reading);
  accounts.open(accountNumber);
  accounts.putCard({ number, accountNumber, status: key(raw, 'cardstatus', reading) });
  return number;
};

const clear =
  (dictionary: 'clients' | 'groups' | 'additional'): Handler =>
  ({ state }) => {
    state[dictionary].clear();
    return '';
  };

const DOCUMENTED: Record<string, Handler> = {
  addClient: ({ state }, command, reading) =>
    String(state.putClient(readClient(part(command, 'client', reading), reading), state.options.addExisting).idclient),
  updateClient: ({ state }, command, reading) => String(state.updateClient(readClient(part(command, 'client', reading), reading)).idclient),
  deleteClient: ({ state }, command, reading) => {
    const id = key(command, 'idclient', reading);
    state.clients.delete(id);
    return id;
  },
  clearClient: clear('clients'),
  addCardGroup: ({ state }, command, reading) => String(state.putGroup(readFields(part(command, 'cardGroup', reading), cardGroupRules, reading)).idcardgroup),
  addCard: ({ state }, command, reading) =>
    String(state.putCard(readFields(part(command, 'card', reading), cardRules, reading), state.options.addExisting).idcard),
  addChangeCardAccount: changeCardAccount,
  addAdditionalCard: ({ state }, command, reading) => {
    const said = readFields(part(command, 'additionalcard', reading), additionalCardRules, reading);
    return String(state.putAdditional(said).additionalnumber);
  },
  clearAdditionalCard: clear('additional'),
};

/** Commands nobody has shown; their form follows the client commands. */
const UNSEEN: Record<string, Handler> = {
  updateCard: ({ state }, command, reading) => {
    const said = readFields(part(command, 'card', reading), cardRules, reading);
    if (state.cards.get(String(said.values.idcard)) === undefined) throw new RecordRefused('idcard: no such card');
    return String(state.putCard(said, 'merge').idcard);
  },
  deleteCard: ({ state }, command, reading) => {
    const id = key(command, 'idcard', reading);
    state.deleteCard(id);
    return id;
  },
  clearCard: ({ state }) => {
    state.clearCards();
    return '';
  },
  deleteCardGroup: ({ state }, command, reading) => {
    const id = key(command, 'idcardgroup', reading);
    state.groups.delete(id);
    return id;
  },
  clearCardGroup: clear('groups'),
  deleteAdditionalCard: ({ state }, command, reading) => {
    const id = key(command, 'additionalnumber', reading);
    state.additional.delete(id);
    return id;
  },
};

const own = (table: Record<string, Handler>, name: string): Handler | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);

/** The name of a command, empty when it has none. */
export function commandName(value: unknown): string {
  return isObject(value) && typeof value.command === 'string' ? value.command : '';
}

/** Carries out one command; throws when the record is refused. Returns its key, undefined for commands that are ignored. */
export function carryOut(target: Target, value: unknown): string | undefined {
  const name = commandName(value);
  if (IGNORED.has(name)) return undefined;
  const { formatVersion, optionKeys, unseenCommands } = target.state.options;
  const handler = own(DOCUMENTED, name) ?? (unseenCommands === 'accept' ? own(UNSEEN, name) : undefined);
  if (handler === undefined || !isObject(value)) throw new RecordRefused('unknown command');
  // Below version 2 case has been lost, so every spelling of the members of `options` means the same.
  const reading: Reading = { lowered: formatVersion === 1, optionKeys: formatVersion === 1 ? 'lower' : optionKeys };
  return handler(target, value, reading);
}
