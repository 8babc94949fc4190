/** Types: what a line reads and writes against what the wire schema says is there. */
import type { Json, WireBody } from '../../../core/contract.ts';
import { fieldSpec } from '../../../core/model.ts';
import { suggestion } from '../../../core/nearest.ts';
import { faultOfValue } from '../canonical.ts';
import type { Line } from '../line.ts';
import { Draft, isEmptyWire, type WirePath } from '../path.ts';
import type { Plan } from '../runtime.ts';
import { type Findings, shown } from './finding.ts';
import { type Misfit, miswritten, typeAt } from './fits.ts';
import type { Random } from './random.ts';
import { trialOf } from './try-line.ts';
import { ANYTHING, inWords, type WireType } from './wire-type.ts';
import { wiresOf } from './wires.ts';

/** `written`: bodies that the line wrote of generated records. */
export function checkTypes(line: Line, plan: Plan, wire: WireType, written: readonly WireBody[], random: Random, findings: Findings): void {
  checkElse(line, plan, findings);
  for (const path of line.paths) {
    const found = typeAt(wire, path.segments);
    if ('missing' in found) {
      const message =
        found.known.length === 0
          ? `"${path.text}": "${found.missing}" is inside what is no object on the wire`
          : `the wire has no "${found.missing}" in "${path.top}"`;
      findings.fault('wire-member', line.at, line.name, `${message}${suggestion(found.missing, found.known)}`, 'correct the wire path of the line');
      continue;
    }
    if (!checkSelector(line, path, found.type, findings)) continue;
    if (line.only !== 'push') checkRead(line, path, found.type, plan, written, random, findings);
    if (line.only !== 'pull') checkWritten(line, path, found.type, written, plan, findings);
  }
}

/** `else` stands in the place of a value, so it must be one. */
function checkElse({ otherwise, targets, name, at }: Line, plan: Plan, findings: Findings): void {
  if (otherwise === undefined || otherwise === null) return;
  const spec = fieldSpec(plan.entity, targets[0] ?? '');
  const wrong = spec === undefined ? null : faultOfValue(spec, otherwise);
  if (wrong !== null) findings.fault('value', at, name, `"else" is no value of the field: ${wrong} is expected`, 'write "else" as the canonical model has it');
}

function checkSelector(line: Line, path: WirePath, type: WireType, findings: Findings): boolean {
  if (path.selector === null || type.kinds === null) return true;
  if (!type.kinds.has('list')) {
    findings.fault(
      'wire-type',
      line.at,
      line.name,
      `"${path.text}" selects items, but the wire has ${inWords(type.kinds)} there`,
      'take the selector away, or name the list',
    );
    return false;
  }
  const members = type.items?.members ?? null;
  if (members === null) return true;
  for (const name of [path.selector.member, path.itemMember]) {
    if (name === null || members.has(name)) continue;
    const hint = `an item has ${[...members.keys()].join(', ')}`;
    findings.fault('wire-member', line.at, line.name, `the items of "${path.top}" have no "${name}"${suggestion(name, members.keys())}`, hint);
    return false;
  }
  return true;
}

/** Fault where no value that the schema allows can be read, and where a value that it names cannot. */
function checkRead(line: Line, path: WirePath, type: WireType, plan: Plan, written: readonly WireBody[], random: Random, findings: Findings): void {
  if (type.kinds === null) return;
  const trial = trialOf(line, plan.lines);
  const samples = written.slice(0, 20);
  const own = samples.map((body) => path.get(body)).filter((value): value is Json => value !== undefined);
  const readable = (value: Json): boolean => {
    const draft = new Draft(samples[0] ?? {});
    draft.write(path, value);
    const { fault } = trial.read({ ...draft.current, ...draft.wire });
    return fault === undefined;
  };
  const known = type.values.find((value) => !readable(value));
  if (known !== undefined && line.unreadable === 'problem') {
    const [message, hint] =
      line.codec === 'code'
        ? [`the wire may hold ${shown(known)}, which the table of codes does not know`, 'add it to "codes", or say "otherwise"']
        : [`the wire may hold ${shown(known)}, which ${line.codec} cannot read`, 'choose a codec that reads every value of the wire'];
    findings.fault('table', line.at, line.name, message, hint);
    return;
  }
  const candidates = wiresOf(type, own, random).filter((value) => !isEmptyWire(value));
  if (candidates.length === 0 || candidates.some(readable)) return;
  if (!wiresOf(ANYTHING, own, random).some((value) => !isEmptyWire(value) && readable(value))) return;
  findings.fault(
    'wire-type',
    line.at,
    line.name,
    `${line.codec} cannot read "${path.text}": the wire has ${formOf(type)} there`,
    'choose the codec that reads such values; docs/mappings.md lists them all',
  );
}

const formOf = (type: WireType): string =>
  `${inWords(type.kinds ?? [])}${type.forms === null ? '' : ` of the form ${type.forms.map((form) => form.source).join(' or ')}`}`;

/** Kinds of fields whose texts are anything: a form of the wire is no fault of the line then. */
const FREE = new Set(['text', 'ref', 'json', 'texts']);

function checkWritten(line: Line, path: WirePath, type: WireType, written: readonly WireBody[], plan: Plan, findings: Findings): void {
  const at = (body: WireBody) => {
    const value = path.get(body);
    return value === undefined ? [] : [{ value, found: miswritten(value, type) }];
  };
  const misfits = written.flatMap(at);
  // A field that the vendor must have is never emptied; one that may be empty is emptied in its own form.
  const emptied = !type.mayBeEmpty ? [] : at(trialOf(line, plan.lines).write(Object.fromEntries(line.targets.map((field) => [field, null]))).body);
  const wrong =
    [...misfits, ...emptied].find(({ found }) => found !== null && found.kind !== 'form') ??
    (misfits.every(({ found }) => found !== null) ? misfits[0] : undefined);
  const free = line.targets.every((field) => FREE.has(fieldSpec(plan.entity, field)?.kind ?? 'json'));
  if (wrong?.found === undefined || wrong.found === null || (free && wrong.found.kind === 'form')) return;
  const { member, kind, detail } = wrong.found;
  if (kind !== 'form' && line.codec === 'raw') return;
  const place = member === '' ? `"${path.text}"` : `"${member}" of "${path.text}"`;
  findings.fault('wire-type', line.at, line.name, `${line.codec} writes into ${place} ${detail}`, hintOf(kind, type), {
    value: '(generated)',
    wire: shown(wrong.value),
    back: '',
  });
}

function hintOf(kind: Misfit['kind'], { kinds }: WireType): string {
  if (kind === 'empty')
    return `say how empty is written there, by "empty"${kinds?.has('null') === true ? ': `empty: null`' : ', or let the line be `only: pull`'}`;
  if (kind === 'kind') return 'say how it is written: "wireAs", "form" or another codec';
  return 'write values as the wire has them: check the codes, the pattern or the form';
}
