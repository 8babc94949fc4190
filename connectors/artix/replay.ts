/** Commands carried out in their order, as the loader would: what they leave of each dictionary. */
import type { Json, RejectedRecord, WireBody } from '../../core/contract.ts';
import { isObject, text } from '../shared/records.ts';
import { withTextIds } from './forms.ts';
import type { Command } from './interchange.ts';
import type { CommandStream } from './rows.ts';
import { KEY_FIELDS } from './wire.ts';

/** What the commands leave of one key. `whole`: an `add…` said all of it; otherwise only what updates named. */
export interface Left {
  readonly body: WireBody;
  readonly whole: boolean;
  readonly deleted: boolean;
}

interface Dictionary {
  readonly left: Map<string, Left>;
  /** A `clear…` was met: what came after it is all there is. */
  cleared: boolean;
  /** Which file broke off since then, in words: what it did not come to say may be there, or be gone. Null: none. */
  doubt: string | null;
}

/** Keys that a file which broke off was the first to name. */
type Added = Map<CommandStream, Set<string>>;

type Verb = 'add' | 'update' | 'delete' | 'clear';

/** The object in which a command carries its fields. */
const OBJECTS: Readonly<Record<CommandStream, string>> = {
  clients: 'client',
  cards: 'card',
  'card-types': 'cardGroup',
  'additional-cards': 'additionalcard',
};

const SUBJECTS: ReadonlyMap<string, CommandStream> = new Map([
  ['client', 'clients'],
  ['card', 'cards'],
  ['cardgroup', 'card-types'],
  ['additionalcard', 'additional-cards'],
]);

export class Replay {
  /** Commands that were not carried out, with file and line. */
  readonly rejected: RejectedRecord[] = [];
  /** Commands of other dictionaries (goods, cashiers, bonus accounts) are counted and passed over. */
  passedOver = 0;
  private readonly dictionaries = new Map<CommandStream, Dictionary>();
  private owners: ReadonlyMap<string, string> | null = null;

  /** The client of the card with this number, as the commands left it; to be asked when all of them were carried out. */
  ownerOf(cardNumber: string): string {
    this.owners ??= new Map([...this.dictionary('cards').left.values()].map(({ body }) => [text(body.number), text(body.idclient)]));
    return this.owners.get(cardNumber) ?? '';
  }

  dictionary(stream: CommandStream): Dictionary {
    const known = this.dictionaries.get(stream) ?? { left: new Map<string, Left>(), cleared: false, doubt: null };
    this.dictionaries.set(stream, known);
    return known;
  }

  /** Carries out the commands of a whole file. */
  carryOut(file: string, commands: readonly Command[]): void {
    for (const command of commands) this.carryOutOne(file, command, null);
  }

  /**
   * Carries out what is certain in a file that broke off: what it adds and changes. What it clears or deletes, and what was deleted
   * before it, it may have been about to add again; only a `clear…` of a later file puts an end to that.
   */
  carryOutCut(file: string, commands: readonly Command[], why: string): void {
    for (const stream of SUBJECTS.values()) {
      const dictionary = this.dictionary(stream);
      dictionary.doubt ??= why;
      for (const [key, { deleted }] of dictionary.left) if (deleted) dictionary.left.delete(key);
    }
    const added: Added = new Map();
    for (const command of commands) this.carryOutOne(file, command, added);
  }

  private carryOutOne(file: string, command: Command, added: Added | null): void {
    const [, verb = '', subject = ''] = /^(add|update|delete|clear)(\w+)$/.exec(command.name) ?? [];
    const stream = SUBJECTS.get(subject.toLowerCase());
    if (stream === undefined) {
      if (command.name === '') this.reject('clients', file, command, 'command', 'expected a command');
      else this.passedOver += 1;
      return;
    }
    const dictionary = this.dictionary(stream);
    if (verb === 'clear') {
      if (added === null) empty(dictionary);
      else for (const key of added.get(stream) ?? []) dictionary.left.delete(key);
      return;
    }
    const given = verb === 'delete' ? command.parts : command.parts[OBJECTS[stream]];
    const body = isObject(given) ? withTextIds(stream, oneSpelling(given)) : {};
    const key = text(body[KEY_FIELDS[stream]]);
    if (key === '') this.reject(stream, file, command, KEY_FIELDS[stream], `"${command.name}" needs it`);
    // What such a file both adds and deletes is as if it had not named it: what was there before may still be.
    else if (added !== null && verb === 'delete') {
      if (added.get(stream)?.delete(key) === true) dictionary.left.delete(key);
    } else {
      if (added !== null && !dictionary.left.has(key)) added.set(stream, (added.get(stream) ?? new Set()).add(key));
      this.change(stream, verb as Exclude<Verb, 'clear'>, key, body, file, command);
    }
  }

  private change(stream: CommandStream, verb: Exclude<Verb, 'clear'>, key: string, body: WireBody, file: string, command: Command): void {
    const { left, cleared, doubt } = this.dictionary(stream);
    const before = left.get(key);
    if (verb === 'delete') left.set(key, { body: {}, whole: true, deleted: true });
    else if (verb === 'add') left.set(key, { body, whole: true, deleted: false });
    else if (before !== undefined && !before.deleted) left.set(key, { ...before, body: { ...before.body, ...body } });
    // What is not there cannot be changed; where the files do not say all that is there, it may be.
    else if (before === undefined && !cleared) left.set(key, { body, whole: false, deleted: false });
    // A file that broke off may have been about to add it, and then says what it is.
    else if (before === undefined && doubt !== null) return;
    else this.reject(stream, file, command, KEY_FIELDS[stream], `it changes ${key}, which the commands before it deleted or never added`);
  }

  /** Of a command, not of a record: what the other commands say of the same key stands. */
  private reject(stream: CommandStream, file: string, command: Command, field: string, rule: string): void {
    this.rejected.push({ stream, key: null, body: { ...command.parts, command: command.name }, field, rule: `${file}, line ${command.line}: ${rule}` });
  }
}

function empty(dictionary: Dictionary): void {
  dictionary.left.clear();
  dictionary.cleared = true;
  dictionary.doubt = null;
}

/** The tables of the document spell the phone otherwise than its examples: one name, so that a later command replaces an earlier value. */
function oneSpelling(body: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  if (!Object.hasOwn(body, 'phonenumbr')) return body;
  const { phonenumbr = null, ...rest } = body;
  return { phonenumber: phonenumbr, ...rest };
}
