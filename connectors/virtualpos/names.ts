/** Names of groups and card types that are there: the vendor has no list of them, so they are learnt from the customers that are read. */
import type { Json, WireBody } from '../../core/contract.ts';
import { RecordError, TransientError } from '../../core/errors.ts';
import { text } from '../shared/records.ts';
import { type Form, NameBytes } from './name-bytes.ts';
import type { VirtualposSettings } from './settings.ts';

/** Fields by whose names the vendor makes a new entry of a dictionary when it does not know them (update, updateCard). */
const DICTIONARIES = { group_name: 'createGroups', type_name: 'createCardTypes' } as const satisfies Record<string, keyof VirtualposSettings>;

type NameField = keyof typeof DICTIONARIES;

const FIELDS = Object.keys(DICTIONARIES) as NameField[];
const isNameField = (field: string): field is NameField => Object.hasOwn(DICTIONARIES, field);

/** What is known of the dictionaries behind `group_name` and `type_name`. */
export class KnownNames {
  /** All customers were read: a name that was not met is not there, or nobody has it. */
  complete = false;
  private readonly settings: VirtualposSettings;
  private readonly names: Record<NameField, Set<string>>;
  private readonly watched: readonly NameField[];
  private readonly bytes: NameBytes<NameField>;

  constructor(settings: VirtualposSettings) {
    this.settings = settings;
    this.names = { group_name: new Set(settings.knownGroups), type_name: new Set(settings.knownCardTypes) };
    this.watched = FIELDS.filter((field) => !settings[DICTIONARIES[field]]);
    this.bytes = new NameBytes(this.watched);
  }

  /** Notes the names in a body that was read. */
  note(body: WireBody): void {
    for (const field of this.watched) this.add(field, body[field]);
  }

  /** Notes the names in an answer of which not all is parsed. */
  noteBytes(body: Buffer, form: Form): void {
    this.bytes.read(body, form, (field, value) => this.add(field, value));
  }

  /** Whether a value may be sent in a field: it makes no new entry, or the settings allow that. Until all is read, the benefit of the doubt. */
  takes(field: string, value: Json): boolean {
    return !this.complete || this.isAllowed(field, value);
  }

  /** Throws `RecordError` where a field would make a new entry without leave, `TransientError` where that is not known yet. */
  assertAllowed(fields: WireBody): void {
    for (const field of FIELDS) {
      if (this.isAllowed(field, fields[field])) continue;
      if (!this.complete) throw new TransientError('VENDOR_ERROR', `whether the name in ${field} is there is not known before all customers were read`);
      const setting = DICTIONARIES[field];
      throw new RecordError('RECORD_VALUE', `the name in ${field} is not there, and VirtualPOS would make it (see \`${setting}\`)`, { where: { field } });
    }
  }

  private isAllowed(field: string, value: Json | undefined): boolean {
    const name = text(value).trim();
    return name === '' || !isNameField(field) || this.settings[DICTIONARIES[field]] || this.names[field].has(name);
  }

  private add(field: NameField, value: Json | undefined): void {
    const name = text(value).trim();
    if (name !== '') this.names[field].add(name);
  }
}
