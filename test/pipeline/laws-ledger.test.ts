/** Laws of the ledger, the stamps, the judge of what is read back, and the difference. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../core/model.ts';
import { isRendition, judge, type Push } from '../../pipeline/land/read-back.ts';
import { changedPaths, firstStamps, nextStamps, stampOf } from '../../pipeline/land/stamps.ts';
import { mergeFacet, readBack } from '../../pipeline/land/view.ts';
import {
  type Account,
  adjustmentFor,
  balanceOf,
  confirmAdjustment,
  firstSeen,
  type MemberAccount,
  movementOf,
  type OpeningPolicy,
} from '../../pipeline/ledger/ledger.ts';
import { trips } from '../../pipeline/plan/guards.ts';

const minor = fc.integer({ min: -1_000_000, max: 1_000_000 });
const account = fc.record({ origin: fc.constantFrom('opening' as const, 'new' as const, 'own' as const), opening: minor, agreed: minor });
const members = fc.array(fc.record({ recordId: fc.nat(), system: fc.constantFrom('shop', 'tills', 'crm'), account, moved: minor }), {
  minLength: 1,
  maxLength: 6,
}) as fc.Arbitrary<MemberAccount[]>;
const policy = fc.constantFrom<OpeningPolicy>('authority', 'sum', 'max', 'review');

describe('the ledger', () => {
  it('gives one balance whatever the order of the accounts', () => {
    fc.assert(
      fc.property(members, policy, fc.infiniteStream(fc.nat()), (list, rule, dice) => {
        const shuffled = list
          .map((one) => [dice.next().value as number, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        expect(balanceOf(shuffled, rule, ['tills'])).toEqual(balanceOf(list, rule, ['tills']));
      }),
      { seed: 1 },
    );
  });

  it('a merge adds the movements of both, and its undoing gives each its own back', () => {
    fc.assert(
      fc.property(members, members, policy, (left, right, rule) => {
        const own = (list: readonly MemberAccount[]): number => balanceOf(list, rule, []).total;
        const before = [own(left), own(right)];
        const moved = [...left, ...right].reduce((sum, one) => sum + one.moved, 0);
        expect(
          balanceOf(
            [...left, ...right].map((one) => ({ ...one, account: { ...one.account, origin: 'new' as const } })),
            rule,
            [],
          ).total,
        ).toBe(moved);
        balanceOf([...left, ...right], rule, []);
        expect([own(left), own(right)]).toEqual(before);
      }),
      { seed: 2 },
    );
  });

  it('books every movement between readings and our adjustments exactly once', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('till' as const), amount: minor }),
      fc.record({ kind: fc.constant('ours' as const), amount: minor }),
      fc.constant({ kind: 'read' as const, amount: 0 }),
    );
    fc.assert(
      fc.property(minor, fc.array(event, { maxLength: 20 }), (opening, events) => {
        let shown = opening;
        let truth = 0;
        let booked = 0;
        let { account: one }: { account: Account } = firstSeen(opening, true);
        const read = (): void => {
          booked += movementOf(one, shown);
          one = { ...one, agreed: shown };
        };
        for (const { kind, amount } of events) {
          if (kind === 'read') read();
          else shown += amount;
          if (kind === 'till') truth += amount;
          if (kind === 'ours') one = confirmAdjustment(one, amount);
        }
        read();
        expect(booked).toBe(truth);
      }),
      { seed: 3 },
    );
  });

  it('an adjustment brings a system to the canonical balance, or to its floor with the rest named as owed', () => {
    fc.assert(
      fc.property(minor, minor, fc.constantFrom(null, 0, -500), (canonical, shown, floor) => {
        const { delta, target, owed } = adjustmentFor(canonical, shown, floor);
        expect(shown + delta).toBe(target);
        expect(target - owed).toBe(canonical);
        expect(owed).toBeGreaterThanOrEqual(0);
        expect(target).toBeGreaterThanOrEqual(floor ?? Number.NEGATIVE_INFINITY);
        if (floor === null || canonical >= floor) expect(owed).toBe(0);
        expect(adjustmentFor(canonical, target, floor).delta).toBe(0);
      }),
      { seed: 4 },
    );
  });

  it('an account that began under our eyes began at zero, one with a history opens with it', () => {
    expect(firstSeen(700, true)).toEqual({ account: { origin: 'opening', opening: 700, agreed: 700 }, movement: 0 });
    expect(firstSeen(700, false)).toEqual({ account: { origin: 'new', opening: 0, agreed: 700 }, movement: 700 });
  });
});

const body = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), fc.oneof(fc.constantFrom('', 'x', 'y', null), fc.integer()), {
  noNullPrototype: false,
});

describe('stamps', () => {
  it('only a path whose value differs takes the new time', () => {
    fc.assert(
      fc.property(body, body, fc.boolean(), (before, now, vendor) => {
        const changed = changedPaths(before, now);
        const stamps = firstStamps({ began: 10, ended: 20, changedAt: null });
        const edits = new Map([...changed].map((path) => [path, { readers: [path], news: new Map([[path, 'changed' as const]]) }]));
        const next = nextStamps(stamps, edits, { readAt: 20, changedAt: null }, { began: 90, ended: 100, changedAt: vendor ? 60 : null });
        for (const path of ['a', 'b', 'c', '__proto__']) {
          const stamp = stampOf(next, path, [path]);
          if (!changed.has(path)) expect(stamp).toEqual(stamps.base);
          else expect(stamp).toEqual({ after: 20, notAfter: vendor ? 60 : 100, how: vendor ? 'vendor' : 'readings' });
        }
      }),
      { seed: 1 },
    );
  });

  it('a vendor time that did not move, or lies in the future, says nothing', () => {
    const stamps = firstStamps({ began: 10, ended: 20, changedAt: 5000 });
    expect(stamps.base).toEqual({ after: null, notAfter: 20, how: 'first-seen' });
    const edits = new Map([['a', { readers: [], news: new Map() }]]);
    for (const changedAt of [15, 5000]) {
      const next = nextStamps(stamps, edits, { readAt: 20, changedAt: 15 }, { began: 90, ended: 100, changedAt });
      expect(stampOf(next, 'f', ['a']).how).toBe('readings');
    }
  });

  it('a reading of some paths replaces those alone: absent is empty, the others are kept', () => {
    expect({ ...mergeFacet({ a: '1', b: '2', c: '3' }, { a: '9' }, ['a', 'b']) }).toEqual({ a: '9', b: '', c: '3' });
    expect(mergeFacet({ a: '1' }, { b: '2' }, undefined)).toEqual({ b: '2' });
  });
});

const push = (sent: Value, more: Partial<Push> = {}): Push => ({
  field: 'f',
  sent,
  holds: sent,
  before: 'old',
  said: 'old',
  stamp: null,
  state: 'sent',
  sends: 1,
  sentAt: 1,
  answeredAt: 2,
  operationId: 1,
  ...more,
});

describe('what we pushed, read back', () => {
  it.each([
    ['as sent', push('Новый'), 'Новый', false, 'held'],
    ['trimmed', push('Новый '), 'Новый', false, 'held'],
    ['in capitals', push('Новый'), 'НОВЫЙ', false, 'held'],
    ['cut', push('Новый текст'), 'Новый т', false, 'held'],
    ['without ё', push('Пётр'), 'Петр', false, 'held'],
    ['the old value', push('Новый'), 'old', false, 'again'],
    ['the old value a second time', push('Новый', { sends: 2 }), 'old', false, 'ignored'],
    ['the old value, and the vendor time moved', push('Новый'), 'old', true, 'edit'],
    ['something else', push('Новый'), 'Другой', false, 'edit'],
    ['empty', push('Новый'), null, false, 'edit'],
    ['a letter of it', push('Новый'), 'Н', false, 'edit'],
    ['held, unchanged', push('Новый текст', { state: 'held', holds: 'Новый' }), 'Новый', true, 'held'],
    ['held, now what we sent', push('Новый текст', { state: 'held', holds: 'Новый' }), 'Новый текст', false, 'edit'],
    ['ignored once, read again before the second sending', push('Новый', { state: 'again', holds: 'old' }), 'old', true, 'again'],
    ['ignored, unchanged', push('Новый', { state: 'ignored', holds: 'old' }), 'old', false, 'ignored'],
    ['ignored, then edited', push('Новый', { state: 'ignored', holds: 'old' }), 'Другой', false, 'edit'],
  ] as const)('%s', (_what, one, read, moved, expected) => {
    expect(judge(one, read, moved).kind).toBe(expected);
  });

  it('what is sent is always its own rendition, and so is any trimming, casing and longer cutting of it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, maxLength: 30, unit: fc.constantFrom(...'абвгдежзик лмно ПРСТ') }).map((text) => `Имя${text}`),
        fc.nat(),
        (text, cut) => {
          expect(isRendition(text, text)).toBe(true);
          expect(isRendition(text, ` ${text.toUpperCase()}  `)).toBe(true);
          expect(isRendition(text, text.slice(0, 3 + (cut % text.length)))).toBe(true);
          expect(isRendition(text, `другое ${text}`)).toBe(false);
        },
      ),
      { seed: 1 },
    );
  });

  it('edits end a push; the other fields go on', () => {
    const result = readBack(
      [
        { ...push('a'), field: 'one' },
        { ...push('b'), field: 'two' },
      ],
      { one: 'a', two: 'edited' },
      null,
    );
    expect([result.pushes.map(({ field, state }) => [field, state]), result.edited, result.ignored]).toEqual([[['one', 'held']], ['two'], []]);
  });
});

describe('guards', () => {
  it('trip above the count, and above the share of a base where a share means something', () => {
    expect([trips({ count: 10, share: 1 }, 10, 50), trips({ count: 10, share: 1 }, 11, 50)]).toEqual([false, true]);
    expect([trips({ count: 500, share: 0.05 }, 400, 999), trips({ count: 500, share: 0.05 }, 51, 1000), trips({ count: 500, share: 0.05 }, 50, 1000)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
