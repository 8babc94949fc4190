/** Laws of who is who: evidence, names, clusters. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValues } from '../../core/model.ts';
import { cluster, type Fact, type SharedEvidence } from '../../pipeline/identity/cluster.ts';
import { type Evidence, judgePair } from '../../pipeline/identity/evidence.ts';
import type { Cluster, ClusterRecord } from '../../pipeline/identity/groups.ts';
import { compareNames, oneEditApart } from '../../pipeline/identity/names.ts';

const name = (text: string): FieldValues => {
  const [last = '', first = '', middle = ''] = text.split(' ');
  return { 'name.last': last === '-' ? null : last, 'name.first': first === '-' ? null : first, 'name.middle': middle === '' ? null : middle };
};

describe('names', () => {
  const table: readonly (readonly [string, string, ReturnType<typeof compareNames>])[] = [
    ['Петров Пётр Иванович', 'Петров Пётр Иванович', 'same'],
    ['ПЕТРОВ ПЕТР ИВАНОВИЧ', 'Петров Пётр Иванович', 'same'],
    ['Петров Пётр', 'Петров Пётр Иванович', 'same'],
    ['Пётр Петров', 'Петров Пётр', 'same'],
    ['Петров П И', 'Петров Пётр Иванович', 'same'],
    ['Петрвв Пётр Иванович', 'Петров Пётр Иванович', 'similar'],
    ['Перtов Пётр', 'Петров Пётр', 'different'],
    ['Птеров Пётр', 'Петров Пётр', 'similar'],
    ['Петров Анна', 'Петров Пётр', 'different'],
    ['Петров Пётр Иванович', 'Петров Пётр Сергеевич', 'different'],
    ['Петрвв Птёр', 'Петров Пётр', 'different'],
    ['- Пётр', 'Петров Пётр', 'similar'],
    ['- -', 'Петров Пётр', 'unknown'],
    ['Ли Ян', 'Ло Ян', 'different'],
  ];
  for (const [a, b, expected] of table) {
    it(`${a} and ${b}: ${expected}`, () => {
      expect([compareNames(name(a), name(b)), compareNames(name(b), name(a))]).toEqual([expected, expected]);
    });
  }

  it('one edit apart is symmetric, and true for one letter dropped, put in, replaced, or two exchanged', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3, maxLength: 9 }), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (text, at, letter) => {
        const letters = [...text];
        const n = at % letters.length;
        const edits = [
          letters.toSpliced(n, 1),
          letters.toSpliced(n, 0, letter),
          letters.toSpliced(n, 1, letter),
          n + 1 < letters.length ? letters.toSpliced(n, 2, letters[n + 1] ?? '', letters[n] ?? '') : letters,
        ];
        for (const edit of edits.map((one) => one.join(''))) {
          if ([...edit].length !== [...edit.normalize()].length) continue;
          expect(oneEditApart(text, edit)).toBe(oneEditApart(edit, text));
          expect(oneEditApart(text, edit) || text === edit).toBe(true);
        }
      }),
      { seed: 1 },
    );
  });

  it('the order of the two never matters', () => {
    const part = fc.constantFrom('Петров', 'Петрова', 'Пётр', 'Петр', 'П', '-', 'Анна');
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        expect(compareNames(name(`${a} ${b}`), name(`${c} ${d}`))).toBe(compareNames(name(`${c} ${d}`), name(`${a} ${b}`)));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('evidence', () => {
  const born = (text: string, birthDate: string, sex?: string): FieldValues => ({ ...name(text), birthDate, ...(sex === undefined ? {} : { sex }) });
  const verdict = (a: FieldValues, b: FieldValues, ...kinds: Evidence[]): string => judgePair(a, b, new Set(kinds)).kind;
  it.each([
    ['the same name and phone', name('Петров Пётр'), name('Петров Пётр'), ['phone'], 'link'],
    ['a family on one phone', name('Петров Пётр'), name('Петрова Анна'), ['phone'], 'none'],
    ['father and son on one phone', born('Петров Пётр Иванович', '1950-01-01'), born('Петров Пётр Иванович', '1980-02-03'), ['phone'], 'review'],
    ['twins on one phone', born('Петров Пётр', '1980-01-01'), born('Петров Павел', '1980-01-01'), ['phone'], 'review'],
    ['namesakes who share nothing', name('Петров Пётр'), name('Петров Пётр'), [], 'none'],
    ['a typing error in the name', name('Петрвв Пётр'), name('Петров Пётр'), ['phone'], 'review'],
    ['a typing error in the name, one birthday', born('Петрвв Пётр', '1980-01-01'), born('Петров Пётр', '1980-01-01'), ['phone'], 'link'],
    ['a typing error in the birthday', born('Петров Пётр', '1980-01-01'), born('Петров Пётр', '1980-01-02'), ['phone'], 'review'],
    ['no name at all', name('- -'), name('Петров Пётр'), ['phone'], 'review'],
    ['another surname, as after a marriage', name('Петрова Анна Ивановна'), name('Сидорова Анна Ивановна'), ['phone'], 'review'],
    ['mother and daughter of one given name', name('Петрова Анна Ивановна'), name('Сидорова Анна Петровна'), ['phone'], 'none'],
    ['one card', name('Петров Пётр'), name('Петров Пётр'), ['card'], 'link'],
    ['one card, other names', name('Петров Пётр'), name('Сидорова Анна'), ['card'], 'review'],
    ['one card and phone, other given names', name('Петров Пётр'), name('Сидорова Анна'), ['card', 'phone', 'email'], 'review'],
    ['one card and phone, of one surname', name('Котова Дина'), name('Котов Егор'), ['card', 'phone'], 'review'],
    ['one card and phone, other patronymics', name('Петрова Анна Ивановна'), name('Сидорова Анна Петровна'), ['card', 'phone'], 'review'],
    ['one card and phone, another surname', name('Петрова Анна Ивановна'), name('Сидорова Анна Ивановна'), ['card', 'phone'], 'link'],
    ['one card, one of two given names', name('Петрова Анна-Мария'), name('Петрова Анна'), ['card', 'phone'], 'link'],
    ['one card and name, other birthdays', born('Петров Пётр', '1950-01-01'), born('Петров Пётр', '1980-02-03'), ['card', 'phone'], 'review'],
    ['one card and name, another sex', born('Шевчук Саша', '', 'male'), born('Шевчук Саша', '', 'female'), ['card', 'phone'], 'review'],
    ['one card, name and birthday, another sex', born('Шевчук Саша', '1980-01-01', 'male'), born('Шевчук Саша', '1980-01-01', 'female'), ['card'], 'link'],
    ['our own reference', name('Петров Пётр'), name('Сидорова Анна'), ['reference'], 'link'],
    ['the sex contradicts', { ...name('Шевчук Саша'), sex: 'male' }, { ...name('Шевчук Саша'), sex: 'female' }, ['phone'], 'review'],
    ['a birthday without its year', born('Петров Пётр', '--01-05'), born('Петров Пётр', '1980-01-05'), ['phone'], 'link'],
  ] as const)('%s', (_what, a, b, kinds, expected) => {
    expect([verdict(a, b, ...kinds), verdict(b, a, ...kinds)]).toEqual([expected, expected]);
  });
});

describe('clusters', () => {
  const people = ['Петров Пётр', 'Петрова Анна', 'Сидоров Иван', '- -'];
  const records = fc
    .array(
      fc.record({ systemId: fc.integer({ min: 1, max: 3 }), who: fc.nat(3), phone: fc.nat(2), birth: fc.constantFrom(null, '1980-01-01', '1950-05-05') }),
      { minLength: 2, maxLength: 7 },
    )
    .map((list) =>
      list.map(({ systemId, who, phone, birth }, id): ClusterRecord & { phone: number } => ({
        id,
        systemId,
        order: `${systemId}/${id}`,
        phone,
        values: { ...name(people[who] ?? ''), birthDate: birth },
      })),
    );
  const evidence = (list: readonly (ClusterRecord & { phone: number })[]): SharedEvidence[] => {
    const pairs: SharedEvidence[] = [];
    for (const a of list) for (const b of list) if (a.id < b.id && a.phone === b.phone) pairs.push({ a: a.id, b: b.id, kinds: new Set<Evidence>(['phone']) });
    return pairs;
  };
  const sets = (clusters: readonly Cluster[]): string[] => clusters.map((one) => [...one.records].sort((a, b) => a - b).join(',')).sort();
  const shuffle = <T>(list: readonly T[], dice: Iterator<number>): T[] =>
    list
      .map((one) => [dice.next().value as number, one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one);
  const together = (clusters: readonly Cluster[], a: number, b: number): boolean => clusters.some((one) => one.records.includes(a) && one.records.includes(b));

  it('do not depend on the order of records, evidence and facts, nor on our numbers', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (list, dice) => {
        const pairs = evidence(list);
        const one = cluster(list, pairs, []);
        const other = cluster(
          shuffle(list, dice),
          shuffle(pairs, dice).map(({ a, b, kinds }) => ({ a: b, b: a, kinds })),
          [],
        );
        expect(sets(other.clusters)).toEqual(sets(one.clusters));
        expect(other.doubts.map(({ a, b }) => [a, b].sort().join()).sort()).toEqual(one.doubts.map(({ a, b }) => [a, b].sort().join()).sort());
        const renumbered = cluster(
          list.map((record) => ({ ...record, id: 100 - record.id })),
          pairs.map(({ a, b, kinds }) => ({ a: 100 - a, b: 100 - b, kinds })),
          [],
        );
        expect(sets(renumbered.clusters.map((group) => ({ ...group, records: group.records.map((id) => 100 - id) })))).toEqual(sets(one.clusters));
      }),
      { seed: 3, numRuns: 400 },
    );
  });

  it('never hold two records of one system but by a fact', () => {
    fc.assert(
      fc.property(records, (list) => {
        const { clusters } = cluster(list, evidence(list), []);
        for (const { records: ids } of clusters) expect(new Set(ids.map((id) => list[id]?.systemId)).size).toBe(ids.length);
        const [a, b] = list;
        if (a === undefined || b === undefined) return;
        expect(together(cluster(list, evidence(list), [{ a: a.id, b: b.id, verdict: 'same' }]).clusters, a.id, b.id)).toBe(true);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('respect that a person said different, even over third records', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(), (list, x, y) => {
        const [a, b] = [x % list.length, y % list.length];
        if (a === b) return;
        const facts: Fact[] = [{ a, b, verdict: 'different' }];
        const { clusters, doubts } = cluster(list, evidence(list), facts);
        expect(together(clusters, a, b)).toBe(false);
        expect(doubts.some((doubt) => (doubt.a === a && doubt.b === b) || (doubt.a === b && doubt.b === a))).toBe(false);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('come apart when the evidence goes', () => {
    fc.assert(
      fc.property(records, (list) => {
        expect(cluster(list, [], []).clusters).toHaveLength(list.length);
        expect(
          cluster(list, evidence(list), [])
            .clusters.flatMap((one) => one.records)
            .sort(),
        ).toEqual(list.map((one) => one.id).sort());
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('a record that says less does not join two people: father and son over a record without a birthday', () => {
    const at = (systemId: number, birthDate: string | null): ClusterRecord => ({
      id: systemId,
      systemId,
      order: `${systemId}`,
      values: { ...name('Петров Пётр'), birthDate },
    });
    const shared = [
      [1, 2],
      [2, 3],
      [1, 3],
    ].map(([a = 0, b = 0]) => ({ a, b, kinds: new Set<Evidence>(a === 1 && b === 2 ? ['phone', 'email'] : ['phone']) }));
    const { clusters, doubts } = cluster([at(1, '1957-11-16'), at(2, null), at(3, '1987-12-03')], shared, []);
    expect(sets(clusters)).toEqual(['1,2', '3']);
    expect(doubts.length).toBeGreaterThan(0);
  });

  it('a record that says less does not join two people who have one card', () => {
    const at = (systemId: number, who: string): ClusterRecord => ({ id: systemId, systemId, order: `${systemId}`, values: name(who) });
    const shared = [
      [1, 2],
      [2, 3],
      [1, 3],
    ].map(([a = 0, b = 0]) => ({ a, b, kinds: new Set<Evidence>(['card', 'phone']) }));
    const { clusters, doubts } = cluster([at(1, 'Кротова Ольга'), at(2, '- -'), at(3, 'Зайцев Павел')], shared, []);
    expect([clusters.length, doubts.length]).toEqual([2, 2]);
  });

  it('an edit parts nobody from a client, whichever records were linked directly; a stranger who was never one with the rest stays away', () => {
    const at = (systemId: number, birthDate: string | null, client: number): ClusterRecord => ({
      id: systemId,
      systemId,
      order: `${systemId}`,
      values: { ...name('Петров Пётр'), birthDate },
      client,
    });
    const pairs = [
      [1, 2],
      [2, 3],
      [1, 3],
    ] as const;
    for (const tree of [
      ['1:2', '2:3'],
      ['1:2', '1:3'],
      ['1:3', '2:3'],
    ]) {
      const shared = pairs.map(([a, b]) => ({
        a,
        b,
        kinds: new Set<Evidence>(['phone']),
        ...(tree.includes(`${a}:${b}`) ? { linked: 'contact' } : {}),
      }));
      const edited = cluster([at(1, '1957-11-16', 7), at(2, null, 7), at(3, '1987-12-03', 7)], shared, []);
      expect([sets(edited.clusters), edited.doubts]).toEqual([['1,2,3'], []]);
      const arrived = cluster(
        [at(1, '1957-11-16', 7), at(2, null, 7), at(3, '1987-12-03', 8)],
        shared.map(({ a, b, kinds }) => ({ a, b, kinds, ...(b === 2 ? { linked: 'contact' } : {}) })),
        [],
      );
      expect(sets(arrived.clusters)).toEqual(['1,2', '3']);
    }
  });

  const past = fc.array(fc.record({ client: fc.constantFrom(undefined, 1, 2), dead: fc.boolean() }), { minLength: 7, maxLength: 7 });
  const withPast = (list: readonly (ClusterRecord & { phone: number })[], before: readonly { client: number | undefined; dead: boolean }[]) =>
    list.map((record, n) => ({ ...record, dead: before[n]?.dead ?? false, ...(before[n]?.client === undefined ? {} : { client: before[n].client }) }));

  it('do not depend on the order of records that were linked before, or deleted', () => {
    fc.assert(
      fc.property(records, past, fc.infiniteStream(fc.nat()), (bare, before, dice) => {
        const list = withPast(bare, before);
        const byId = new Map(list.map((record) => [record.id, record]));
        const pairs = evidence(list).map((pair) => {
          const [a, b] = [byId.get(pair.a)?.client, byId.get(pair.b)?.client];
          return a !== undefined && a === b ? { ...pair, linked: 'contact' } : pair;
        });
        const one = cluster(list, pairs, []);
        const other = cluster(
          shuffle(list, dice),
          shuffle(pairs, dice).map((pair) => ({ ...pair, a: pair.b, b: pair.a })),
          [],
        );
        expect(sets(other.clusters)).toEqual(sets(one.clusters));
        expect(other.doubts.map(({ a, b }) => [a, b].sort().join()).sort()).toEqual(one.doubts.map(({ a, b }) => [a, b].sort().join()).sort());
        for (const { records: ids } of one.clusters) {
          const living = ids.filter((id) => byId.get(id)?.dead !== true).map((id) => byId.get(id)?.systemId);
          expect(new Set(living).size).toBe(living.length);
        }
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  it('that the living make are the same with deleted records among them: these part nobody, and no question is about them alone', () => {
    fc.assert(
      fc.property(records, past, (bare, before) => {
        const list = withPast(
          bare,
          before.map(({ dead }) => ({ client: undefined, dead })),
        );
        const living = list.filter((record) => record.dead !== true);
        const alive = new Set(living.map((record) => record.id));
        const all = cluster(list, evidence(list), []);
        for (const { records: ids } of cluster(living, evidence(living), []).clusters) {
          for (const id of ids) expect(together(all.clusters, ids[0] ?? id, id)).toBe(true);
        }
        const lives = (id: number): boolean => all.clusters.some((one) => one.records.includes(id) && one.records.some((other) => alive.has(other)));
        for (const doubt of all.doubts) expect([lives(doubt.a), lives(doubt.b)]).toEqual([true, true]);
      }),
      { seed: 8, numRuns: 400 },
    );
  });

  it('two whom a person told apart are not asked about again through what we made of them', () => {
    const at = (id: number, systemId: number, who: string): ClusterRecord => ({ id, systemId, order: `${systemId}/${id}`, values: name(who) });
    const list = [at(1, 1, 'Петров Пётр'), at(2, 2, 'Петров Пётрр'), at(3, 2, 'Петров Пётр'), at(4, 1, 'Петров Пётрр')];
    const shared = list.flatMap((a) => list.filter((b) => b.id > a.id).map((b) => ({ a: a.id, b: b.id, kinds: new Set<Evidence>(['phone']) })));
    const facts: Fact[] = [
      { a: 1, b: 2, verdict: 'different' },
      { a: 1, b: 3, verdict: 'same' },
      { a: 2, b: 4, verdict: 'same' },
    ];
    const { clusters, doubts } = cluster(list, shared, facts);
    expect(sets(clusters)).toEqual(['1,3', '2,4']);
    expect(doubts).toEqual([]);
  });

  it('a record with two equally good partners of one system is asked about and joined to neither', () => {
    const at = (id: number, systemId: number): ClusterRecord => ({ id, systemId, order: `${systemId}/${id}`, values: name('Петров Пётр') });
    const list = [at(1, 1), at(2, 2), at(3, 2)];
    const shared = [
      [1, 2],
      [1, 3],
      [2, 3],
    ].map(([a = 0, b = 0]) => ({ a, b, kinds: new Set<Evidence>(['phone']) }));
    const { clusters, doubts } = cluster(list, shared, []);
    expect(clusters).toHaveLength(3);
    expect(doubts.map(({ kind }) => kind).sort()).toEqual(['duplicate', 'match', 'match']);
  });
});
