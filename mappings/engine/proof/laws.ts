/**
 * The laws of DESIGN §5, tried on one line with generated values: inside the exact domain it reads back what it wrote; outside, what is
 * lost is told, and writing again changes nothing; every wire value is read rightly or refused.
 */
import type { Json, WireBody } from '../../../core/contract.ts';
import { type FieldValues, fieldSpec, type Value } from '../../../core/model.ts';
import { faultOfValue, MOMENT } from '../canonical.ts';
import { sameValue } from '../equal.ts';
import type { Line } from '../line.ts';
import { Draft } from '../path.ts';
import type { Plan } from '../runtime.ts';
import { type Findings, type Rule, shown } from './finding.ts';
import { typeOrAnything } from './fits.ts';
import type { Random } from './random.ts';
import { isNothing, ofLine, type Reading, same, single, type Trial, trialOf, type Written, wiresAt } from './try-line.ts';
import type { WireType } from './wire-type.ts';
import { wiresOf } from './wires.ts';

export interface LineProof {
  /** The left side of the line. */
  readonly field: string;
  readonly wire: string;
  readonly codec: string;
  readonly only: 'pull' | 'push' | null;
  readonly line: number;
  /** Generated values that are not empty. */
  readonly tried: number;
  /** Of them, inside the exact domain. */
  readonly inside: number;
  /** Why the share is no fault, where it is below half; null: it counts. */
  readonly excused: string | null;
}

export interface LawSetup {
  readonly plan: Plan;
  readonly wire: WireType;
  /** Fields whose table the configuration does not have. */
  readonly without: ReadonlyMap<string, string>;
  /** Generated records, of every field of the mapping. */
  readonly records: readonly FieldValues[];
  readonly random: Random;
}

/** Tries the laws on a line. What it wrote comes back too, for the checks of types. */
export function tryLaws(line: Line, setup: LawSetup, findings: Findings): { readonly proof: LineProof; readonly written: readonly WireBody[] } {
  const trial = trialOf(line, setup.plan.lines);
  const written: WireBody[] = [];
  let [tried, inside] = [0, 0];
  const complain = complaintsOf(line, findings);
  for (const values of setup.records) {
    if (isNothing(line, values)) continue;
    tried++;
    const sent = trial.write(values);
    written.push(sent.body);
    const exact = trial.inDomain(values, sent);
    if (exact) inside++;
    if (line.only !== 'push') tryWriting(trial, values, sent, exact, complain);
  }
  if (line.only !== 'push') {
    tryEmpty(trial, complain);
    tryReading(trial, written, setup, complain);
  }
  return { proof: { ...nameOf(line), tried, inside, excused: excuseOf(line, setup) }, written };
}

const nameOf = (line: Line) => ({
  field: line.name,
  wire: line.paths.map((path) => path.text).join(', '),
  codec: line.codec,
  only: line.only,
  line: line.at.line,
});

function excuseOf(line: Line, { without }: LawSetup): string | null {
  if (line.only === 'pull') return 'read only';
  if (line.only === 'push') return 'written only';
  const table = without.get(line.targets[0] ?? '');
  return table === undefined ? null : `the table "${table}" is not configured`;
}

const HINTS: Readonly<Partial<Record<Rule, string>>> = {
  exact: 'give the line a codec, or parameters, under which the value survives being written and read',
  told: 'this is a fault of the codec, not of the mapping: report it with this example',
  settles: 'give the line a form that is read as it is written; else every sync would send it again',
  empty: 'change "empty", or name that text under "emptyWhen" too',
  value: 'give the line a codec that fits the field, or refuse such values',
};

/** What was tried: values of the line, the body they made, what was read of it. */
interface Tried {
  readonly values: FieldValues;
  readonly body: WireBody;
  readonly back: Reading | string;
}

/** Tells a fault of the line; each rule once, with its first counter-example. */
type Complain = (rule: Rule, message: string, tried: Tried) => void;

function complaintsOf(line: Line, findings: Findings): Complain {
  const told = new Set<Rule>();
  return (rule, message, { values, body, back }) => {
    if (told.has(rule)) return;
    told.add(rule);
    const read = typeof back === 'string' ? back : (back.fault?.rule ?? single(ofLine(line, back.values)));
    findings.fault(rule, line.at, line.name, message, HINTS[rule] ?? '', {
      value: shown(single(ofLine(line, values))),
      wire: shown(single(wiresAt(line, body))),
      back: shown(read),
    });
  };
}

function tryWriting(trial: Trial, values: FieldValues, sent: Written, exact: boolean, complain: Complain): void {
  const { line } = trial;
  const back = trial.read(sent.body);
  const tried = { values, body: sent.body, back };
  const equal = back.fault === undefined && same(line, values, back.values);
  if (exact && (!equal || sent.losses.length > 0)) complain('exact', 'does not read back what it wrote', tried);
  if (!equal && sent.losses.length === 0) complain('told', 'loses something and does not tell it', tried);
  if (back.fault !== undefined || isNothing(line, back.values)) return;
  const again = trial.write({ ...values, ...emptied(line), ...back.values }, sent.body);
  const later = trial.read(again.body);
  if (later.fault !== undefined || !same(line, later.values, back.values))
    complain('settles', 'writes another value when it writes again what it read', { ...tried, back: later });
}

const emptied = (line: Line): FieldValues => Object.fromEntries(line.targets.map((field) => [field, null]));

/** Empty is written so that it reads as empty. */
function tryEmpty(trial: Trial, complain: Complain): void {
  const { line } = trial;
  if (line.only === 'pull') return;
  const sent = trial.write(emptied(line));
  // A codec with an empty form of its own tells what it cannot empty.
  if (sent.losses.length > 0 && 'clear' in line.compiled) return;
  const back = trial.read(sent.body);
  if (back.fault !== undefined || !isNothing(line, back.values))
    complain('empty', 'does not read empty when it wrote empty', { values: {}, body: sent.body, back });
}

/** Every wire value reads as a value of the field, or is refused; and what was read is written so that it reads the same. */
function tryReading(trial: Trial, written: readonly WireBody[], setup: LawSetup, complain: Complain): void {
  const { line } = trial;
  for (const body of readings(line, written, setup)) {
    const { values, fault } = trial.read(body);
    if (fault !== undefined || isNothing(line, values)) continue;
    const wrong = line.targets.map((field) => wrongValue(setup.plan, field, values[field] ?? null)).find((text) => text !== null);
    if (typeof wrong === 'string') complain('value', `reads what is no value of the field: ${wrong} is expected`, { values, body, back: '' });
    if (line.only === 'pull') continue;
    const sent = trial.write(values, body);
    const back = trial.read(sent.body);
    if (sent.losses.length === 0 && !same(line, back.values, values))
      complain('told', 'loses something of what it read and does not tell it', { values, body, back });
  }
}

function wrongValue(plan: Plan, field: string, value: Value): string | null {
  const spec = field === 'changedAt' || field === 'createdAt' ? MOMENT : fieldSpec(plan.entity, field);
  return spec === undefined ? null : faultOfValue(spec, value);
}

/** Bodies with any wire value of the schema in the line's paths, one after another. */
function* readings(line: Line, written: readonly WireBody[], { wire, random }: LawSetup): Generator<WireBody> {
  const samples = written.slice(0, 8);
  for (const path of line.paths) {
    const type = typeOrAnything(wire, path.segments);
    const own = samples.map((body) => path.get(body)).filter((value): value is Json => value !== undefined);
    for (const value of wiresOf(type, distinct(own), random)) {
      const draft = new Draft(random.any(samples) ?? {});
      draft.write(path, value);
      yield { ...draft.current, ...draft.wire };
    }
  }
}

const distinct = (values: readonly Json[]): readonly Json[] => values.filter((value, index) => values.findIndex((other) => sameValue(other, value)) === index);
