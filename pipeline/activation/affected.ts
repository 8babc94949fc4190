/** Which entities another mapping concerns, so that only these are planned anew. */
import type { RowChange } from '../../canonical/compare.ts';
import type { TableSpec } from '../../canonical/schema/table.ts';
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { headOf, isValueColumn } from '../../canonical/stores/entity-fields.ts';

export class Affected {
  /** Entities with another value. */
  readonly entities: Readonly<Record<FoldedKind, Set<number>>> = { client: new Set(), card: new Set(), cardType: new Set() };
  /** Clients that have other records than before. */
  readonly relinked = new Set<number>();
  /** Streams in which a record is otherwise, as `system stream`. */
  readonly streams = new Set<string>();

  add(spec: TableSpec, columns: readonly string[], changes: readonly RowChange[]): void {
    const at = (name: string): number => columns.indexOf(name);
    const kind = headOf(spec.name);
    for (const { key, before, after } of changes) {
      const cell = (name: string): unknown => (after ?? before)?.[at(name)];
      if (kind !== undefined) {
        const other = columns.some((name, place) => isValueColumn(name) && before?.[place] !== after?.[place]);
        if (before === null || after === null || other) this.entities[kind].add(Number(key[0]));
        if (kind === 'client' && (before === null || after === null)) this.relinked.add(Number(key[0]));
      } else if (spec.primary[0] === 'client_id') this.entities.client.add(Number(key[0]));
      else if (spec.name === 'records') this.streams.add(`${cell('system_id')} ${cell('stream')}`);
      else if (spec.name === 'links')
        for (const row of [before, after]) {
          if (row === null) continue;
          const [entity, id] = [String(row[at('entity')]) as FoldedKind, Number(row[at('entity_id')])];
          this.entities[entity].add(id);
          if (entity === 'client') this.relinked.add(id);
        }
    }
  }
}
