/** Operations as commands of the ArtixInterchange format. */
import type { Json, Outcome, PushOperation, WireBody } from '../../core/contract.ts';
import { text } from '../shared/records.ts';
import { without } from '../shared/secrets.ts';
import { type Form, render } from './forms.ts';
import { overtaken } from './latest.ts';
import { mayTake, newCard, newClientKey, newGroupKey, noGroup } from './new-entries.ts';
import type { CommandStream } from './rows.ts';
import type { ArtixSettings } from './settings.ts';
import type { CommandForm } from './settings-commands.ts';
import { SECRET_FIELDS } from './wire.ts';
import { sameClient, taken, unsupported } from './write.ts';

/** The commands for an operation on a dictionary. */
export function buildCommands(stream: CommandStream, making: Making): Promise<Built> {
  return { clients: clientCommand, cards: cardCommands, 'card-types': groupCommand, 'additional-cards': additionalCommand }[stream](making);
}

/** How commands write values. */
export function formOf(route: CommandForm): Form {
  return { masks: route.bitMasks, blocked: 'boolean', phoneKey: route.phoneKey, nullAsEmpty: route.version === '1' };
}

/** Commands and the key they touch, or why there are none. */
export type Built = { readonly commands: readonly { readonly [name: string]: Json }[]; readonly key: string } | Outcome;

/** What a command is made of. */
export interface Making {
  readonly settings: ArtixSettings;
  readonly form: Form;
  /** A new card gets its bonus account. */
  readonly opensAccounts: boolean;
  /** Several shops take the same: what one of them holds already, another may still lack. */
  readonly manyShops: boolean;
  readonly operation: PushOperation;
  /** What lies under an id already, as far as that can be seen. */
  existing(key: string): Promise<WireBody | null>;
}

async function clientCommand({ form, manyShops, operation, existing }: Making): Promise<Built> {
  const { action, fields } = operation;
  const key = action === 'create' ? newClientKey(operation) : (operation.key ?? '');
  if (action === 'delete') return { commands: [{ command: 'deleteClient', idclient: key }], key };
  if (action === 'adjust') return unsupported(operation);
  const there = action === 'create' ? await existing(key) : null;
  if (there !== null && !sameClient(there, operation)) return taken('client');
  if (there !== null && !manyShops) return { kind: 'applied', key };
  const client = { idclient: key, ...render('clients', { ...fields, idclient: key }, form) };
  return { commands: [{ command: action === 'create' ? 'addClient' : 'updateClient', client }], key };
}

/** A card is written whole: no command that changes single attributes of one is documented. A new one opens its bonus account. */
async function cardCommands({ settings, form, opensAccounts, operation, existing }: Making): Promise<Built> {
  if (operation.action === 'update') {
    const key = operation.key ?? '';
    const whole = await wholeOf('cards', operation, existing);
    return 'kind' in whole ? whole : { commands: [{ command: 'addCard', card: render('cards', { ...whole.body, idcard: key }, form) }], key };
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
  const opens = opensAccounts && there === null;
  return { commands: opens ? [card, account] : [card], key: idcard };
}

async function groupCommand({ form, operation, existing }: Making): Promise<Built> {
  const { action } = operation;
  if (action !== 'create' && action !== 'update') return unsupported(operation);
  const whole = action === 'update' ? await wholeOf('card-types', operation, existing) : { body: operation.fields };
  if ('kind' in whole) return whole;
  const key = action === 'create' ? newGroupKey(operation) : (operation.key ?? '');
  if (key === '') return { kind: 'rejected', code: 'KEY_MISSING', reason: 'a card group by file needs its id' };
  const cardGroup = render('card-types', { ...whole.body, idcardgroup: key }, form);
  return { commands: [{ command: 'addCardGroup', cardGroup }], key };
}

/** An additional card is written whole; it needs a card or a client to belong to, and a group. */
async function additionalCommand({ settings, form, operation, existing }: Making): Promise<Built> {
  const { action, fields, parentKey } = operation;
  if (action !== 'create' && action !== 'update') return unsupported(operation);
  const written = action === 'update' ? await wholeOf('additional-cards', operation, existing) : { body: fields };
  if ('kind' in written) return written;
  const key = operation.key ?? text(fields.additionalnumber);
  if (key === '') return { kind: 'rejected', code: 'CARD_NUMBER_MISSING', reason: 'an additional card needs its number' };
  const whole: WireBody = { idcardgroup: settings.defaultCardGroup ?? null, ...written.body };
  const owner = text(whole.idclient) || (parentKey ?? '');
  if (text(whole.cardnumber) === '' && owner === '') {
    return { kind: 'rejected', code: 'CARD_OWNER_MISSING', reason: 'an additional card needs a card or a client to belong to' };
  }
  const refusal = noGroup(settings, whole);
  if (refusal !== null) return refusal;
  const additionalcard = render('additional-cards', { ...whole, ...(owner !== '' && { idclient: owner }), additionalnumber: key }, form);
  return { commands: [{ command: 'addAdditionalCard', additionalcard }], key };
}

/**
 * What is written whole: the object as it lies there now, else as it was read, with our fields over it. A digest in place of a secret
 * is never sent.
 */
async function wholeOf(stream: CommandStream, operation: PushOperation, existing: Making['existing']): Promise<{ readonly body: WireBody } | Outcome> {
  const latest = await existing(operation.key ?? '');
  if (latest !== null && overtaken(stream, operation, latest)) return { kind: 'overtaken' };
  const base = latest ?? (operation.body === undefined ? null : without(operation.body, SECRET_FIELDS));
  if (base === null) return { kind: 'rejected', code: 'NOT_FOUND', reason: 'written whole, and there is nothing to lay our fields over' };
  return { body: { ...base, ...operation.fields } };
}
