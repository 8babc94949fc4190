/** The health of everything: store, schema, systems, mappings, and who gets what. */

import type { Store } from '../../canonical/open.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Logger } from '../../core/context.ts';
import { systemClock } from '../adapters/clock.ts';
import { openSystems } from '../compose.ts';
import type { Scrub } from '../scrub.ts';
import { badCheck, type Check } from './check.ts';
import { checkAddresses } from './doctor-addresses.ts';
import { checkJobTimes } from './doctor-jobs.ts';
import { checkMappings } from './mapping-check.ts';
import { pendingEdits } from './pending.ts';

export interface WhoGetsWhat {
  readonly system: string;
  readonly stream: string;
  readonly pull: string;
  readonly push: string;
  readonly create: string;
  readonly update: string;
  readonly delete: string;
  /** What the vendor can do there. */
  readonly able: string;
}

export interface DoctorOptions {
  readonly loaded: LoadedConfig;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly scrub: Scrub;
  readonly ask: (question: string) => Promise<string | null>;
}

/** Opens the store, reads its schema version, and says how rows will be sent. */
export async function checkStore(open: () => Promise<Store>, options: DoctorOptions): Promise<Check[]> {
  let store: Store;
  try {
    store = await open();
  } catch (error) {
    return [badCheck('store', error, options.scrub)];
  }
  try {
    const { schemaStatus } = await import('../../canonical/schema/up.ts');
    const { dialect } = store;
    const checks: Check[] = [
      {
        what: 'store',
        state: 'good',
        detail: dialect.kind === 'sqlite' ? 'SQLite' : `${dialect.flavour} ${dialect.version}`,
      },
    ];
    const { state, current, known } = await schemaStatus(store);
    if (state === 'current') checks.push({ what: 'schema', state: 'good', detail: `version ${current}` });
    else if (state === 'empty')
      checks.push({
        what: 'schema',
        state: 'note',
        detail: 'the database is empty; the first sync makes the tables',
        hint: 'or now: sverka schema up',
      });
    else
      checks.push({
        what: 'schema',
        state: 'bad',
        detail: `version ${current}, and ${known} is needed`,
        hint: state === 'old' ? 'sverka schema up' : 'upgrade this installation',
      });
    return checks;
  } catch (error) {
    return [badCheck('store', error, options.scrub)];
  } finally {
    await store.close();
  }
}

const MEND_STORE = 'Mend the store first.';

/**
 * Reaches every system and logs in; tries where the service will listen; says what each stream gets. `none`: there is no store yet. A store
 * that is there and cannot be read may hold a pause, so nobody is called then.
 */
export async function checkSystems(options: DoctorOptions, store: Store | 'none' | 'unreadable'): Promise<{ checks: Check[]; table: WhoGetsWhat[] }> {
  const { loaded, log, signal, ask } = options;
  const opened = await openSystems(loaded, { log, signal, ask, store: typeof store === 'string' ? null : store });
  const checks = await Promise.all(
    opened.map(async ({ name, vendor, system, closed }): Promise<Check[]> => {
      if (store === 'unreadable') return [{ what: name, state: 'note', detail: 'not called: whether it is paused stands in the store', hint: MEND_STORE }];
      try {
        const why = await closed?.(true);
        if (why) return [{ what: name, state: 'note', detail: `not called now: ${why.message}`, hint: why.hint }];
        const health = await system.check(signal);
        const remarks = [
          ...health.remarks,
          ...system.readings.flatMap((reading) => (reading.remark === undefined ? [] : [`${reading.name}: ${reading.remark}`])),
        ];
        const detail = `reached${health.version === undefined ? '' : `, version ${health.version}`} (${vendor})`;
        return [{ what: name, state: 'good', detail }, ...[...new Set(remarks)].map((remark): Check => ({ what: name, state: 'note', detail: remark }))];
      } catch (error) {
        return [badCheck(name, error, options.scrub)];
      }
    }),
  );
  const table = opened.flatMap(({ name, streams, policies }) =>
    [...streams.values()].map((stream): WhoGetsWhat => {
      const policy = policies.get(stream.name);
      const { capabilities } = stream;
      const able = [
        capabilities.create ? 'create' : '',
        capabilities.update === 'none' ? '' : capabilities.updates === undefined ? 'update' : `update (${capabilities.updates.join(', ')})`,
        capabilities.delete ? 'delete' : '',
        capabilities.balance === undefined ? '' : `balance by ${capabilities.balance.by}`,
      ];
      const create = policy?.create ?? 'none';
      const update = policy?.update ?? 'all';
      return {
        system: name,
        stream: stream.name,
        pull: policy?.pull === false ? 'off' : 'on',
        push: policy?.push ?? 'plan',
        create: typeof create === 'string' ? create : `where ${create.map((one) => one.field).join(', ')}`,
        update: typeof update === 'string' ? update : update.join(', '),
        delete: policy?.delete ?? 'ignore',
        able: able.filter((word) => word !== '').join(', ') || 'read only',
      };
    }),
  );
  return { checks: [...checks.flat(), ...(await checkAddresses(options, opened)), ...checkJobTimes(options.loaded, systemClock.now())], table };
}

export async function checkAllMappings(loaded: LoadedConfig): Promise<Check[]> {
  const all = await checkMappings(loaded, { prove: false });
  const cases = all.reduce((sum, one) => sum + one.cases.length, 0);
  const bad = all.filter((one) => one.problems.length > 0 || one.cases.some((result) => !result.passed));
  if (bad.length === 0) return [{ what: 'mappings', state: 'good', detail: `${all.length} mappings compile, ${cases} cases hold` }];
  return bad.map((one): Check => {
    const check = { what: `mapping ${one.system}/${one.stream}`, detail: one.problems[0]?.message ?? 'a case does not hold', hint: 'sverka mapping check' };
    // A mapping that is still being written for a vendor without a system stops nothing.
    return Object.hasOwn(loaded.config.systems, one.system) ? { ...check, state: 'bad', wrongConfig: true } : { ...check, state: 'note' };
  });
}

/** Edits of mappings that runs do not use. What cannot be compiled is said by `checkAllMappings`. */
export async function checkPending(store: Store, loaded: LoadedConfig): Promise<Check[]> {
  const edits = (await pendingEdits(store.db, loaded)).filter(({ what }) => what !== 'broken');
  return edits.map(({ system, stream, message, what }) => ({
    what: `mapping ${system}/${stream}`,
    state: 'note',
    detail: message,
    hint: what === 'shipped' ? 'sverka mapping upgrade' : 'sverka mapping preview',
  }));
}
