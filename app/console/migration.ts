/** Migrations as they were asked for. */
import type { Db } from '../../canonical/db.ts';
import { runsOfJob } from '../../canonical/stores/console.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import { toldConditions } from '../../pipeline/plan/filter.ts';
import type { MigrationScope } from '../../pipeline/report.ts';
import type { RunRequest } from '../../pipeline/request.ts';

const LOOKED_AT = 100;

/** What the last migration between two systems was asked for; null where there was none. */
export async function lastMigration(db: Db, from: string, to: string): Promise<MigrationScope | null> {
  for (const { scope } of await runsOfJob(db, 'migrate', LOOKED_AT)) {
    const { migration, dry } = JSON.parse(scope) as Partial<RunRequest>;
    if (dry !== true && migration?.from === from && migration.to === to) return migration;
  }
  return null;
}

/** The migrations that operations belong to. */
export async function migrationsOf(db: Db, rows: readonly { readonly system_id: number; readonly moved_from: number | null }[]): Promise<MigrationScope[]> {
  const names = await systemNames(db);
  const pairs = new Map<string, MigrationScope>();
  for (const { system_id, moved_from } of rows) {
    const [from, to] = [moved_from === null ? undefined : names.get(moved_from), names.get(system_id)];
    if (from === undefined || to === undefined || pairs.has(`${from}\n${to}`)) continue;
    pairs.set(`${from}\n${to}`, (await lastMigration(db, from, to)) ?? { from, to });
  }
  return [...pairs.values()];
}

/** A migration as commands print it. */
export const toldMigration = (scope: MigrationScope): MigrationScope => (scope.where === undefined ? scope : { ...scope, where: toldConditions(scope.where) });
