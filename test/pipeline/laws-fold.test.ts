/** Laws of the fold: a pure function of what was said, whatever the order in which it is heard. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValues, Value } from '../../core/model.ts';
import { fold } from '../../pipeline/fold/fold.ts';
import type { Voice } from '../../pipeline/fold/folded.ts';
import type { Push } from '../../pipeline/land/read-back.ts';
import type { Stamp } from '../../pipeline/land/stamps.ts';
import type { FieldRule, Policies } from '../../pipeline/setup.ts';

const AT = 1_700_000_000_000;
const SYSTEMS = ['shop', 'tills', 'crm', 'delivery'];

const policies = (more: Partial<Policies> = {}): Policies => ({
  authority: ['shop', 'tills', 'crm'],
  rule: 'latest',
  fields: new Map(),
  firstSync: 'authority',
  openingBalances: 'max',
  lostAdjustments: 'hold',
  settleMs: 1000,
  maxSharedContact: 30,
  ...more,
});

interface Said {
  readonly system: string;
  readonly values: FieldValues;
  readonly stamp?: Stamp;
  readonly pushes?: readonly Push[];
  readonly clockErrorMs?: number;
}

const first = (notAfter = AT): Stamp => ({ after: null, notAfter, how: 'first-seen' });
const seen = (notAfter: number): Stamp => ({ after: notAfter - 1000, notAfter, how: 'readings' });

function voice({ system, values, stamp = first(), pushes = [], clockErrorMs = 0 }: Said, recordId: number): Voice {
  const sources = new Map(Object.keys(values).map((field) => [field, [field]]));
  return {
    recordId,
    system,
    clockErrorMs,
    view: { values, stamps: { base: stamp, paths: new Map() }, pushes: new Map(pushes.map((push) => [push.field, push])), sources },
  };
}

const voices = (...said: Said[]): Voice[] => said.map(voice);
const folded = (said: Said[], more: Partial<Policies> = {}): FieldValues => ({ ...fold('client', voices(...said), new Map(), policies(more)).values });
const push = (field: string, sent: Value, more: Partial<Push> = {}): Push => ({
  field,
  sent,
  holds: sent,
  before: null,
  said: undefined,
  stamp: null,
  state: 'held',
  sends: 1,
  sentAt: AT,
  answeredAt: AT,
  operationId: 1,
  ...more,
});

const word = fc.constantFrom('Иванов', 'Петров', 'Анна', 'Олег', null);
const values = fc.record(
  {
    'name.last': word,
    'name.first': word,
    phone: fc.constantFrom('+79130000001', '+79130000002', null),
    email: fc.constantFrom('a@mail.ru', 'b@mail.ru', null),
    phones: fc.subarray(['+79130000003', '+79130000004']),
    'consents.sms': fc.constantFrom('granted', 'refused', 'withheld', null),
    registeredAt: fc.constantFrom(AT - 5, AT - 9, null),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<FieldValues>;
const stamp = fc.oneof(
  fc.constantFrom(first(), first(AT - 500)),
  fc.integer({ min: 0, max: 4 }).map((n) => seen(AT + n * 1000)),
);
const said = fc.record({ values, stamp, clockErrorMs: fc.constantFrom(0, 1500) });
const many = fc.array(said, { minLength: 1, maxLength: 4 }).map((list) => list.map((one, n) => ({ ...one, system: SYSTEMS[n] ?? 'x' })));
const rules: readonly FieldRule[] = ['latest', 'authority', 'most-complete', 'union', 'oldest'];
const anyPolicies = fc.record({
  rule: fc.constantFrom(...rules.filter((rule) => rule !== 'union')),
  firstSync: fc.constantFrom('authority' as const, 'most-complete' as const, 'review' as const),
});

describe('the fold', () => {
  it('does not depend on the order of the voices', () => {
    fc.assert(
      fc.property(many, anyPolicies, fc.infiniteStream(fc.nat()), (list, more, dice) => {
        const all = voices(...list);
        const shuffled = all
          .map((one) => [dice.next().value as number, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        const [a, b] = [fold('client', all, new Map(), policies(more)), fold('client', shuffled, new Map(), policies(more))];
        expect({ ...b.values }).toEqual({ ...a.values });
        expect([...b.undecided].sort()).toEqual([...a.undecided].sort());
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('gives one voice alone what the general way gives it', () => {
    fc.assert(
      fc.property(said, anyPolicies, (one, more) => {
        const alone = folded([{ ...one, system: 'shop' }], more);
        const beside = folded(
          [
            { ...one, system: 'shop' },
            { system: 'tills', values: {} },
          ],
          more,
        );
        expect(alone).toEqual(beside);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('never lets a value that we pushed vote, whatever it is', () => {
    fc.assert(
      fc.property(many, word, anyPolicies, (list, pushed, more) => {
        const all = [...list, { system: 'billing', values: {} }];
        const before = folded(all, more);
        const echo = folded(
          [
            ...all,
            {
              system: 'vodyanoy',
              values: { 'name.last': pushed, 'name.first': pushed, email: 'ours@mail.ru' },
              stamp: seen(AT + 9999),
              pushes: ['name.last', 'name.first', 'email'].map((field) => push(field, field === 'email' ? 'ours@mail.ru' : pushed)),
            },
          ],
          more,
        );
        expect(echo).toEqual(before);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('goes on with what the vendor had said before our push into its record', () => {
    const pushed = push('email', 'new@mail.ru', { said: 'old@mail.ru', stamp: first() });
    expect(
      folded([
        { system: 'shop', values: { email: 'new@mail.ru' }, pushes: [pushed] },
        { system: 'tills', values: {} },
      ]),
    ).toEqual({ email: 'old@mail.ru' });
  });

  it('never takes empty over a value first seen or changed later', () => {
    expect(
      folded([
        { system: 'shop', values: { email: null } },
        { system: 'tills', values: { email: 'a@mail.ru' } },
      ]),
    ).toEqual({ email: 'a@mail.ru' });
    expect(
      folded([
        { system: 'shop', values: { email: null }, stamp: seen(AT) },
        { system: 'tills', values: { email: 'a@mail.ru' }, stamp: seen(AT + 5000) },
      ]),
    ).toEqual({ email: 'a@mail.ru' });
  });

  it('takes empty where it was emptied later than every value changed', () => {
    expect(
      folded([
        { system: 'shop', values: { email: null }, stamp: seen(AT + 9000) },
        { system: 'tills', values: { email: 'a@mail.ru' }, stamp: seen(AT) },
      ]),
    ).toEqual({ email: null });
  });

  it('latest: the later change wins; within the clock error trust decides; first-seen values have no time', () => {
    const two = (a: Stamp, b: Stamp, clockErrorMs = 0): FieldValues =>
      folded([
        { system: 'shop', values: { email: 's@mail.ru' }, stamp: a, clockErrorMs },
        { system: 'tills', values: { email: 't@mail.ru' }, stamp: b, clockErrorMs },
      ]);
    expect(two(seen(AT), seen(AT + 1000))).toEqual({ email: 't@mail.ru' });
    expect(two(seen(AT), seen(AT + 1000), 1000)).toEqual({ email: 's@mail.ru' });
    expect(two(seen(AT), seen(AT + 1001), 1000)).toEqual({ email: 't@mail.ru' });
    expect(two(first(AT), first(AT + 99_000))).toEqual({ email: 's@mail.ru' });
    expect(two(first(AT + 99_000), seen(AT))).toEqual({ email: 't@mail.ru' });
  });

  it('authority: the order of systems, those not named after, by name', () => {
    const rule = { rule: 'authority' } as const;
    expect(
      folded(
        [
          { system: 'crm', values: { email: 'c@mail.ru' } },
          { system: 'tills', values: { email: 't@mail.ru' }, stamp: first() },
        ],
        rule,
      ),
    ).toEqual({ email: 't@mail.ru' });
    expect(
      folded(
        [
          { system: 'zeta', values: { email: 'z@mail.ru' } },
          { system: 'delivery', values: { email: 'd@mail.ru' }, stamp: seen(AT) },
        ],
        rule,
      ),
    ).toEqual({ email: 'd@mail.ru' });
  });

  it('most complete: a whole group goes with the fuller name', () => {
    const list = [
      { system: 'shop', values: { 'name.last': 'Петров', 'name.first': null, 'name.middle': null } },
      { system: 'crm', values: { 'name.last': 'Петрова', 'name.first': 'Анна', 'name.middle': null } },
    ];
    expect(folded(list, { rule: 'most-complete' })).toMatchObject({ 'name.last': 'Петрова', 'name.first': 'Анна' });
  });

  it('a group is mixed from two systems only to complete what its winner never had, and only where both say the same of the rest', () => {
    let completed = 0;
    fc.assert(
      fc.property(many, anyPolicies, (list, more) => {
        const { values: result, provenance } = fold('client', voices(...list), new Map(), policies(more));
        for (const field of ['name.last', 'name.first', 'name.middle']) {
          if (provenance[field]?.rule !== 'completed') continue;
          completed += 1;
          const filler = list[provenance[field]?.record ?? 0]?.values ?? {};
          for (const other of ['name.last', 'name.first', 'name.middle']) {
            if (provenance[other]?.rule === 'completed' || result[other] == null || filler[other] == null) continue;
            expect(filler[other]).toBe(result[other]);
          }
        }
      }),
      { seed: 4, numRuns: 1000 },
    );
    expect(completed).toBeGreaterThan(10);
  });

  it('a patronymic that only one system has is not taken from it by another that has none', () => {
    const list = [
      { system: 'shop', values: { 'name.last': 'Петров', 'name.first': 'Пётр', 'name.middle': null } },
      { system: 'tills', values: { 'name.last': 'Петров', 'name.first': 'Петр', 'name.middle': 'Ильич' } },
    ];
    expect(folded(list, { rule: 'authority' })).toMatchObject({ 'name.last': 'Петров', 'name.first': 'Пётр', 'name.middle': 'Ильич' });
  });

  it('a part that nobody emptied is not taken from the one who has it, though its group loses; what lost is named', () => {
    const list = [
      { system: 'shop', values: { 'name.last': 'Петровв', 'name.first': 'Петр', 'name.middle': null } },
      { system: 'tills', values: { 'name.last': 'Петров', 'name.first': 'Петр', 'name.middle': 'Ильич' } },
    ];
    const { values: result, provenance } = fold('client', voices(...list), new Map(), policies({ rule: 'authority' }));
    expect({ ...result }).toEqual({ 'name.last': 'Петровв', 'name.first': 'Петр' });
    expect(provenance['name.middle']).toEqual({ record: 0, rule: 'kept apart', losers: [{ record: 1, why: 'authority' }] });
  });

  it('union: all items of everybody, sorted, each once', () => {
    expect(
      folded([
        { system: 'shop', values: { phones: ['+2', '+1'] } },
        { system: 'tills', values: { phones: ['+3', '+1'] } },
      ]),
    ).toEqual({ phones: ['+1', '+2', '+3'] });
  });

  it('consent: a 0 first seen is not asked, one seen to change is a refusal, and the latest refusal wins over older grants', () => {
    const consent = (...list: [Value, Stamp][]): Value | undefined =>
      folded(
        list.map(([value, at], n) => ({ system: SYSTEMS[n] ?? '', values: { 'consents.sms': value }, stamp: at })),
        { rule: 'authority' },
      )['consents.sms'];
    expect(consent(['withheld', first()])).toBeUndefined();
    expect(consent(['granted', first()], ['withheld', first(AT + 9)])).toBe('granted');
    expect(consent(['granted', first()], ['withheld', seen(AT + 9)])).toBe('refused');
    expect(consent(['granted', first()], ['refused', first()])).toBe('refused');
    expect(consent(['granted', seen(AT + 99)], ['withheld', seen(AT + 9)])).toBe('granted');
    expect(consent(['granted', seen(AT + 9)], ['withheld', seen(AT + 99)])).toBe('refused');
  });

  it('an override of a person wins over everything', () => {
    fc.assert(
      fc.property(many, anyPolicies, (list, more) => {
        const result = fold('client', voices(...list), new Map([['email', 'person@mail.ru']]), policies(more));
        expect(result.values['email']).toBe('person@mail.ru');
        expect(result.provenance['email']).toMatchObject({ rule: 'override' });
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('names every loser that said something else, with the rule', () => {
    const { provenance } = fold(
      'client',
      voices(
        { system: 'shop', values: { email: 'a@mail.ru' } },
        { system: 'tills', values: { email: 'b@mail.ru' } },
        { system: 'crm', values: { email: 'a@mail.ru' } },
      ),
      new Map(),
      policies(),
    );
    expect(provenance['email']).toEqual({ record: 0, rule: 'first-sync: authority', losers: [{ record: 1, why: 'first-sync: authority' }] });
  });
});
