/** Operations as commands of the ArtixInterchange format. */
import type { Json, Outcome, PushOperation, WireBody } from '../../core/contract.ts';
import { type Form, render } from './forms.ts';
import type { ListStream } from './rows.ts';
import type { ArtixSettings, FileSettings } from './settings.ts';
import { mayTake, newCard, newClientKey, newGroupKey, sameClient, taken, unsupported } from './write.ts';

/** The commands for an operation on a dictionary. */
export function buildCommands(stream: ListStream, making: Making): Promise<Built> {
  return { clients: clientCommand, cards: cardCommands, 'card-types': groupCommand }[stream](making);
}

/** How the file route writes values. */
export function formOf(file: FileSettings): Form {
  return { masks: file.bitMasks, blocked: 'boolean', phoneKey: file.phoneKey, nullAsEmpty: file.version === '1' };
}

/** Commands and the key they touch, or why there are none. */
export type Built = { readonly commands: readonly { readonly [name: string]: Json }[]; readonly key: string } | Outcome;

/** What a command is made of. */
export interface Making {
  readonly settings: ArtixSettings;
  readonly form: Form;
  readonly operation: PushOperation;
  /** What lies under an id already, as far as that can be seen. */
  existing(key: string): Promise<WireBody | null>;
}

async function clientCommand({ form, operation, existing }: Making): Promise<Built> {
  const { action, fields } = operation;
  const key = action === 'create' ? newClientKey(operation) : (operation.key ?? '');
  if (action === 'delete') return { commands: [{ command: 'deleteClient', idclient: key }], key };
  if (action === 'adjust') return unsupported(operation);
  const there = action === 'create' ? await existing(key) : null;
  if (there !== null) return sameClient(there, operation) ? { kind: 'applied', key } : taken('client');
  const client = { idclient: key, ...render('clients', { ...fields, idclient: key }, form) };
  return { commands: [{ command: action === 'create' ? 'addClient' : 'updateClient', client }], key };
}

/** A card is written whole: no command that changes single attributes of one is documented. A new one opens its bonus account. */
async function cardCommands({ settings, form, operation, existing }: Making): Promise<Built> {
  if (operation.action === 'update') {
    const key = operation.key ?? '';
    const card = render('cards', { ...operation.body, ...operation.fields, idcard: key }, form);
    return operation.body === undefined ? bodyMissing() : { commands: [{ command: 'addCard', card }], key };
  }
  if (operation.action !== 'create') return unsupported(operation);
  const made = newCard(settings, operation);
  if ('kind' in made) return made;
  const { idcard, number, fields, defaults } = made;
  const there = await existing(idcard);
  if (there !== null && !mayTake(there, made)) return taken('card');
  const card = { command: 'addCard', card: render('cards', { ...defaults, ...there, ...fields }, form) };
  const account = {
    command: 'addChangeCardAccount',
    ChangeCardAccount: { cardNumber: number, accountnumber: number, cardstatus: settings.accountStatus },
  };
  // A card that lies there may have an account with points, from which the command would part it.
  const opens = settings.file?.openAccounts !== false && there === null;
  return { commands: opens ? [card, account] : [card], key: idcard };
}

async function groupCommand({ form, operation }: Making): Promise<Built> {
  const { action } = operation;
  if (action !== 'create' && action !== 'update') return unsupported(operation);
  if (action === 'update' && operation.body === undefined) return bodyMissing();
  const key = action === 'create' ? newGroupKey(operation) : (operation.key ?? '');
  if (key === '') return { kind: 'rejected', code: 'KEY_MISSING', reason: 'a card group by file needs its id' };
  const cardGroup = render('card-types', { ...operation.body, ...operation.fields, idcardgroup: key }, form);
  return { commands: [{ command: 'addCardGroup', cardGroup }], key };
}

function bodyMissing(): Outcome {
  return { kind: 'rejected', code: 'NOT_FOUND', reason: 'written whole, and there is nothing to lay our fields over' };
}
