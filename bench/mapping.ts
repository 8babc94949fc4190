/**
 * The compiled mappings alone: records a second on one core, without a database or a vendor. `node --import tsx bench/mapping.ts [--json] [--n 20000]`.
 *
 * Counted is processor time of this process, so that what else the machine does takes nothing away. Each round maps every record once;
 * the figures are medians of the rounds after the first three, in which the engine of JavaScript is still warming up. A mapper written by hand
 * for the same record takes turns with ours, round by round: the ratio is of rounds that follow each other.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { virtualpos } from '../connectors/virtualpos/index.ts';
import type { WireBody } from '../core/contract.ts';
import type { FieldValues } from '../core/model.ts';
import { type CompiledMapping, compileMapping } from '../mappings/engine/index.ts';
import { BenchFailure } from './failure.ts';
import { changedByHand, mapByHand } from './hand-mapper.ts';
import { describeMachine } from './machine.ts';
import { otherBodies, virtualposBodies } from './mapping-records.ts';
import { type MappingFigure, mappingTable } from './mapping-table.ts';
import { ROOT } from './programs.ts';
import { spread } from './statistics.ts';

const WARM_UP = 3;
const ROUNDS = 9;
/** A fixed offset, so that the mapper by hand has an easy life. */
const ZONE = 'Europe/Moscow';

type Work = (body: WireBody, index: number) => unknown;

/** Keeps the optimiser from leaving work out. */
let sink = 0;

/** Records a second of processor time. */
function round(bodies: readonly WireBody[], work: Work): number {
  const before = process.cpuUsage();
  for (let index = 0; index < bodies.length; index++) {
    const body = bodies[index];
    if (body !== undefined && work(body, index) !== undefined) sink++;
  }
  const { user, system } = process.cpuUsage(before);
  return (bodies.length * 1e6) / (user + system);
}

/** Several works over the same records, taking turns. */
function figures(bodies: readonly WireBody[], works: Readonly<Record<string, Work>>, yardstick: string | null): MappingFigure[] {
  const names = Object.keys(works);
  const rates = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < WARM_UP + ROUNDS; turn++) {
    for (const name of names) {
      const rate = round(bodies, works[name] ?? (() => undefined));
      if (turn >= WARM_UP) rates.get(name)?.push(rate);
    }
  }
  const hand = yardstick === null ? null : (rates.get(yardstick) ?? null);
  return names.map((what) => {
    const own = rates.get(what) ?? [];
    const ratio = hand === null ? null : spread(own.map((rate, index) => rate / (hand[index] ?? rate))).median;
    const { median, min, max } = spread(own);
    return { what, perSecond: median, least: min, most: max, ratio };
  });
}

function mappingOf(vendor: string): CompiledMapping {
  const file = `mappings/${vendor}/clients.yaml`;
  const wire = vendor === 'virtualpos' ? Object.keys((virtualpos.wire['clients'] as unknown as { readonly shape: object }).shape) : null;
  return compileMapping({ file, text: readFileSync(join(ROOT, file), 'utf8') }, { zone: ZONE, lookups: {}, wire });
}

const reading =
  (mapping: CompiledMapping): Work =>
  (body) =>
    mapping.decode(body);

function writing(mapping: CompiledMapping, bodies: readonly WireBody[]): Work {
  const values: readonly FieldValues[] = bodies.map((body) => mapping.decode(body).values);
  return (body, index) => mapping.encode(values[index] ?? {}, body);
}

/** Throws `BenchFailure` where ours and the mapper by hand do not answer the same. */
function agree(mapping: CompiledMapping, bodies: readonly WireBody[]): void {
  for (const body of bodies) {
    const { values, problems } = mapping.decode(body);
    const same = problems.length === 0 && isDeepStrictEqual(values, mapByHand(body)) && mapping.changedAt(body) === changedByHand(body);
    if (!same) throw new BenchFailure(`the mapper by hand reads customer ${String(body['id'])} in another way`);
  }
}

/** All figures, those of VirtualPOS first: alone, as nothing else was compiled in the process. */
function measureMappings(count: number): MappingFigure[] {
  const shop = mappingOf('virtualpos');
  const customers = virtualposBodies(count, 1);
  agree(shop, customers);
  const byHand: Work = (body) => [mapByHand(body), changedByHand(body)];
  const found = figures(customers, { 'VirtualPOS, read': reading(shop), 'VirtualPOS, read by hand': byHand }, 'VirtualPOS, read by hand');
  found.push(...figures(customers, { 'VirtualPOS, written over the record': writing(shop, customers) }, null));
  for (const [vendor, title] of [
    ['artix', 'Artix'],
    ['lotinfo', 'Lotinfo'],
    ['vodyanoy', 'Vodyanoy'],
  ] as const) {
    const mapping = mappingOf(vendor);
    const bodies = otherBodies(vendor, Math.min(count, 5_000), 1);
    found.push(...figures(bodies, { [`${title}, read`]: reading(mapping), [`${title}, written over the record`]: writing(mapping, bodies) }, null));
  }
  found.push(...figures(customers, { 'VirtualPOS, read after all of these': reading(shop) }, null));
  return found;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, n: { type: 'string', default: '20000' } } });
const found = measureMappings(Number(values.n));
if (values.json) console.log(JSON.stringify(found));
else console.log(`${new Date().toISOString().slice(0, 10)} · ${describeMachine()}\n\n${mappingTable(found)}`);
if (sink < 0) process.exitCode = 1;
