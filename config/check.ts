/** What a schema of one value cannot say: names that must exist elsewhere in the file, zones, fields of the canonical model. */
import type { ZodType } from 'zod';
import type { CallPlace } from '../core/listener.ts';
import { ATTRIBUTES, FIELDS } from '../core/model.ts';
import { suggestion } from '../core/nearest.ts';
import { assertZone } from '../core/zone.ts';
import type { ConfigProblem } from './problems.ts';
import type { Config } from './schema/config.ts';
import type { KeyPath, Source } from './source.ts';

/** What config must know of a connector; handed in by the composition root. */
export interface ConnectorFacts {
  readonly settings: ZodType;
  readonly streams: readonly string[];
  /** Where a system with these settings is called back; null: nowhere. */
  readonly calledAt?: (settings: unknown) => CallPlace | null;
}

const FIELD_NAMES = new Set(FIELDS.flatMap((field) => (field.group === undefined ? [field.name] : [field.name, field.group])));

export function checkReferences(config: Config, source: Source, connectors: ReadonlyMap<string, ConnectorFacts>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const systems = Object.keys(config.systems);
  const known = (name: string, names: Iterable<string>, what: string, path: KeyPath, atKey = false): void => {
    const list = [...names];
    if (list.includes(name)) return;
    problems.push(
      source.problem(path, `there is no ${what} "${name}"${suggestion(name, list) || (list.length > 12 ? '' : `; known: ${list.join(', ')}`)}`, { atKey }),
    );
  };
  const field = (name: string, path: KeyPath, atKey = false): void => {
    if (!name.startsWith(ATTRIBUTES)) known(name, FIELD_NAMES, 'canonical field or group', path, atKey);
  };
  const zone = (name: string | undefined, path: KeyPath): void => {
    if (name === undefined) return;
    try {
      assertZone(name);
    } catch {
      problems.push(source.problem(path, `expected an IANA time zone such as Europe/Moscow or UTC${suggestion(name, Intl.supportedValuesOf('timeZone'))}`));
    }
  };

  zone(config.zone, ['zone']);
  for (const [name, system] of Object.entries(config.systems)) {
    const at: KeyPath = ['systems', name];
    zone(system.zone, [...at, 'zone']);
    const facts = connectors.get(system.vendor);
    if (facts === undefined) continue;
    for (const stream of Object.keys(system.streams)) known(stream, facts.streams, `stream of ${system.vendor}`, [...at, 'streams', stream], true);
    for (const stream of Object.keys(system.overrides)) known(stream, facts.streams, `stream of ${system.vendor}`, [...at, 'overrides', stream], true);
    for (const [stream, policy] of Object.entries(system.streams)) {
      const here = [...at, 'streams', stream];
      if (typeof policy.update === 'object') for (const [index, one] of policy.update.entries()) field(one, [...here, 'update', index]);
      if (typeof policy.create === 'object')
        for (const [index, one] of policy.create.where.entries()) field(one.field, [...here, 'create', 'where', index, 'field']);
    }
  }
  for (const [index, name] of (config.policies.authority ?? []).entries()) known(name, systems, 'system', ['policies', 'authority', index]);
  for (const [name, policy] of Object.entries(config.policies.fields)) {
    field(name, ['policies', 'fields', name], true);
    for (const [index, system] of (policy.authority ?? []).entries()) known(system, systems, 'system', ['policies', 'fields', name, 'authority', index]);
  }
  return problems;
}
