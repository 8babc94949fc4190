/** The connectors there are. A new vendor is one more line here. */
import type { ZodType } from 'zod';
import * as z from 'zod';
import type { ConnectorFacts } from '../config/check.ts';
import { artix } from '../connectors/artix/index.ts';
import { lotinfo } from '../connectors/lotinfo/index.ts';
import { virtualpos } from '../connectors/virtualpos/index.ts';
import { vodyanoy } from '../connectors/vodyanoy/index.ts';
import type { Connector } from '../core/contract.ts';

const ALL: readonly Connector[] = [virtualpos, artix, lotinfo, vodyanoy];

export const CONNECTORS: ReadonlyMap<string, Connector> = new Map(ALL.map((connector) => [connector.vendor, connector]));

/** What the configuration must know of them. */
export const CONNECTOR_FACTS: ReadonlyMap<string, ConnectorFacts> = new Map(
  ALL.map(({ vendor, settings, wire, calledAt }) => [vendor, { settings, streams: Object.keys(wire), ...(calledAt !== undefined && { calledAt }) }]),
);

const namesOf = new WeakMap<ZodType, readonly string[] | null>();

/** Top-level wire names of a record's schema; null where the schema is no object. */
export function wireNames(schema: ZodType): readonly string[] | null {
  const known = namesOf.get(schema);
  if (known !== undefined) return known;
  const { properties } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const names = properties === undefined ? null : Object.keys(properties);
  namesOf.set(schema, names);
  return names;
}
