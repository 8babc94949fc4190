/** What a transaction has changed in the whole store, table by table, in counts: the same for a preview and for an activation. */
import type { RowChange } from '../../canonical/compare.ts';
import type { Db } from '../../canonical/db.ts';
import type { TableSpec } from '../../canonical/schema/table.ts';
import { proposedOf } from '../../canonical/stores/operations.ts';
import { EntityChanges, type EntityCount } from './entity-changes.ts';
import type { Example } from './examples.ts';
import { OperationChanges, type OperationCount } from './operation-changes.ts';
import { ViewChanges, type ViewCount } from './view-changes.ts';

export interface TableCount {
  inserted: number;
  updated: number;
  deleted: number;
}

export interface AccountCount {
  programme: number;
  amount: number;
  opened: number;
  entries: number;
}

export interface Changes {
  /** By table. Nothing here: the tables are as they were. */
  readonly tables: Readonly<Record<string, TableCount>>;
  readonly views: readonly ViewCount[];
  readonly entities: readonly EntityCount[];
  readonly operations: readonly OperationCount[];
  /** Operations that `sverka apply --activation` sends once this is in use. */
  readonly toSend: number;
  /** Bonus accounts: that count in another programme, that read as another amount, and that were opened; and entries of the ledger. */
  readonly accounts: AccountCount;
  /** By system and stream. */
  readonly quarantine: readonly Readonly<QuarantineCount>[];
  readonly reviews: { readonly opened: number; readonly closed: number };
  /** Of the views, of entities, and of what would be changed in records of the systems. */
  readonly examples: readonly Example[];
  readonly entityExamples: readonly Example[];
  readonly operationExamples: readonly Example[];
}

interface QuarantineCount {
  system: string;
  stream: string;
  /** Records that were set aside, and that came back. */
  added: number;
  cured: number;
  /** What could not be read of those that were set aside: the wire path and the field. */
  fields: Record<string, number>;
}

/** Where our own bookkeeping stands: it moves whenever anything is looked at, and says nothing of the base. */
const BOOKKEEPING = ['sequences', 'cursors', 'checkpoints', 'leases'];

export class ChangeCounter {
  private readonly tables: Record<string, TableCount> = {};
  private readonly views: ViewChanges;
  private readonly entities: EntityChanges;
  private readonly operations: OperationChanges;
  private readonly quarantine = new Map<string, QuarantineCount>();
  private readonly accounts: AccountCount = { programme: 0, amount: 0, opened: 0, entries: 0 };
  private readonly reviews = { opened: 0, closed: 0 };
  private readonly nameOf: (systemId: number) => string;
  private readonly activation: number;

  constructor(nameOf: (systemId: number) => string, activation: number, examples: number) {
    this.nameOf = nameOf;
    this.activation = activation;
    this.views = new ViewChanges(nameOf, examples);
    this.entities = new EntityChanges(examples);
    this.operations = new OperationChanges(nameOf, activation, examples);
  }

  /** `columns`: names of the cells. */
  add(spec: TableSpec, columns: readonly string[], changes: readonly RowChange[]): void {
    const count = this.tables[spec.name] ?? { inserted: 0, updated: 0, deleted: 0 };
    this.tables[spec.name] = count;
    const at = (name: string): number => columns.indexOf(name);
    for (const change of changes) {
      count[change.before === null ? 'inserted' : change.after === null ? 'deleted' : 'updated'] += 1;
      if (spec.name === 'records') this.views.add(change, at);
      else if (spec.name === 'operations') this.operations.add(change, at);
      else if (spec.name === 'quarantine') this.addQuarantine(change, at);
      else if (spec.name === 'reviews') this.addReview(change, at);
      else if (spec.name === 'bonus_accounts') this.addAccount(change, at);
      else if (spec.name === 'bonus_entries') this.accounts.entries += 1;
      else this.entities.add(spec, columns, change);
    }
  }

  /** `outside` sees the store as it was, `inside` as it is. */
  async result(outside: Db, inside: Db): Promise<Changes> {
    return {
      tables: Object.fromEntries(Object.entries(this.tables).sort(([a], [b]) => (a < b ? -1 : 1))),
      views: this.views.counts(),
      entities: this.entities.counts(),
      operations: this.operations.counts(),
      toSend: await proposedOf(inside, this.activation),
      accounts: this.accounts,
      quarantine: [...this.quarantine.values()].filter(({ added, cured }) => added + cured > 0),
      reviews: this.reviews,
      examples: this.views.examples(),
      entityExamples: await this.entities.examples(outside, inside),
      operationExamples: this.operations.examples(),
    };
  }

  private addQuarantine({ before, after }: RowChange, at: (name: string) => number): void {
    const row = after ?? before ?? [];
    const [was, is] = [before?.[at('state')] === 'open', after?.[at('state')] === 'open'];
    const system = this.nameOf(Number(row[at('system_id')]));
    const stream = String(row[at('stream')]);
    const count = this.quarantine.get(`${system} ${stream}`) ?? { system, stream, added: 0, cured: 0, fields: {} };
    this.quarantine.set(`${system} ${stream}`, count);
    if (was && !is) count.cured += 1;
    if (!is || was) return;
    count.added += 1;
    const field = row[at('field')];
    if (field !== null && field !== undefined) count.fields[String(field)] = (count.fields[String(field)] ?? 0) + 1;
  }

  private addAccount({ before, after }: RowChange, at: (name: string) => number): void {
    if (before === null) this.accounts.opened += 1;
    if (before === null || after === null) return;
    const differs = (name: string): boolean => before[at(name)] !== after[at(name)];
    if (differs('programme_id')) this.accounts.programme += 1;
    if (['opening', 'agreed', 'observed'].some(differs)) this.accounts.amount += 1;
  }

  private addReview({ before, after }: RowChange, at: (name: string) => number): void {
    const [was, is] = [before?.[at('state')] === 'open', after?.[at('state')] === 'open'];
    if (is && !was) this.reviews.opened += 1;
    if (was && !is) this.reviews.closed += 1;
  }
}

/** Whether anything is otherwise but where our bookkeeping stands. */
export function changesAnything({ tables }: Pick<Changes, 'tables'>): boolean {
  return Object.keys(tables).some((name) => !BOOKKEEPING.includes(name));
}
