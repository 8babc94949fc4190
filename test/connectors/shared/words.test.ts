import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { inOrder } from '../../../connectors/shared/ahead.ts';
import { IdSet } from '../../../connectors/shared/id-set.ts';
import { parseJson } from '../../../connectors/shared/json.ts';
import { pushEach } from '../../../connectors/shared/push.ts';
import { checkWire, text } from '../../../connectors/shared/records.ts';
import type { Outcome, PushOperation, PushResult } from '../../../core/contract.ts';
import { ConnectionError, ContractError, InvariantError, RecordError } from '../../../core/errors.ts';
import { testContext } from '../../support/context.ts';
import { failureOf, operation } from '../kit.ts';

const answer = (body: string | Buffer) => ({ status: 200, headers: {}, body: Buffer.from(body), began: 1, ended: 2 });
const parse = (body: string | Buffer) => parseJson(answer(body), 'list');

fc.configureGlobal({ seed: 20240115 });

describe('parseJson', () => {
  it('loses no digit of a long integer, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.string(), fc.boolean())), (rows) => {
        const body = `[${rows.map(([id, name, spaced]) => `{"id":${spaced ? ' ' : ''}${id},"s":"${id}","name":${JSON.stringify(name)}}`).join(',')}]`;
        const expected = rows.map(([id, name]) => {
          const digits = String(id).replace('-', '').length;
          return { id: digits >= 16 ? String(id) : Number(id), s: String(id), name };
        });
        expect(parse(body)).toEqual(expected);
      }),
    );
    expect(parse('1234567890123456')).toBe('1234567890123456');
    expect(parse('[1.2345678901234567, 1234567890123456000e1, "say \\"1234567890123456\\" 1234567890123456"]')).toEqual([
      1.2345678901234567,
      Number('1234567890123456000e1'),
      'say "1234567890123456" 1234567890123456',
    ]);
  });

  it('accepts a byte order mark and the replacement character itself', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
    expect(parse('\ufeff{"a":"\ufffd"}')).toEqual({ a: '\ufffd' });
  });

  it('refuses all else, without quoting it', () => {
    const bodies = ['', '<!DOCTYPE html><p>Иванов', '<root/>', '{"name":"Иванов', 'Иванов', Buffer.from([0x22, 0xff, 0x22])];
    for (const body of bodies) {
      const error = (() => {
        try {
          return parse(body);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toBeInstanceOf(ContractError);
      expect(String(error)).not.toContain('Иванов');
    }
  });

  it('keeps __proto__ as a field', () => {
    const value = parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('inOrder', () => {
  it('has many under way that listen to its signal without a warning of Node to the user', async () => {
    const warnings: string[] = [];
    const warned = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', warned);
    const tasks = Array.from({ length: 40 }, (_, number) => async (signal: AbortSignal) => {
      signal.addEventListener('abort', () => undefined);
      return number;
    });
    const numbers: number[] = [];
    for await (const number of inOrder(tasks, 40, new AbortController().signal)) numbers.push(number);
    // Warnings come with the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(numbers).toHaveLength(40);
    expect(warnings).toEqual([]);
  });

  it('yields in order whatever finishes first, and runs only so many ahead', async () => {
    let running = 0;
    let most = 0;
    let taken = 0;
    const tasks = function* () {
      for (let number = 0; number < 20; number += 1) {
        taken += 1;
        yield async () => {
          running += 1;
          most = Math.max(most, running);
          for (let turn = 0; turn < (number * 7) % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return number;
        };
      }
    };
    const seen: number[] = [];
    for await (const number of inOrder(tasks(), 3, new AbortController().signal)) {
      seen.push(number);
      expect(taken).toBeLessThanOrEqual(seen.length + 3);
    }
    expect(seen).toEqual([...Array(20).keys()]);
    expect(most).toBe(3);
  });

  it('stops and awaits what is under way when the reader leaves, one fails, or it is stopped', async () => {
    for (const way of ['leave', 'fail', 'stop']) {
      let aborted = 0;
      const controller = new AbortController();
      const hanging = (signal: AbortSignal): Promise<number> =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted += 1;
            reject(new Error('aborted'));
          });
        });
      const first = async (): Promise<number> => {
        if (way === 'fail') throw new Error('failed');
        return 1;
      };
      const read = async (): Promise<void> => {
        for await (const _one of inOrder([first, hanging, hanging], 3, controller.signal)) {
          if (way === 'leave') return;
          controller.abort();
        }
      };
      if (way === 'leave') await read();
      else expect(await failureOf(read())).toMatchObject(way === 'fail' ? { message: 'failed' } : { code: 'RUN_INTERRUPTED' });
      expect(aborted).toBe(2);
    }
  });
});

describe('pushEach', () => {
  const source = async function* (count: number, taken: string[]): AsyncGenerator<PushOperation> {
    for (let number = 0; number < count; number += 1) {
      taken.push(String(number));
      yield operation({ action: 'update', id: String(number) });
    }
  };
  const applied: Outcome = { kind: 'applied' };
  const never = new AbortController().signal;

  it('yields each result as it is known, and takes only what it can send', async () => {
    const taken: string[] = [];
    const finish = new Map<string, () => void>();
    const results = pushEach(
      testContext({ concurrency: 2 }),
      source(4, taken),
      (one) => new Promise((resolve) => finish.set(one.id, () => resolve(applied))),
      never,
    );
    const first = results.next();
    while (finish.size < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toEqual(['0', '1']);
    finish.get('1')?.();
    expect((await first).value).toMatchObject({ operationId: '1' });
    const second = results.next();
    while (finish.size < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toEqual(['0', '1', '2']);
    finish.get('2')?.();
    await second;
    finish.get('0')?.();
    await results.next();
    const last = results.next();
    while (finish.size < 4) await new Promise((resolve) => setImmediate(resolve));
    finish.get('3')?.();
    expect((await last).value).toMatchObject({ operationId: '3' });
    expect((await results.next()).done).toBe(true);
  });

  it('leaves the rest untouched once the system refuses us', async () => {
    const taken: string[] = [];
    const results: PushResult[] = [];
    const send = async (): Promise<Outcome> => {
      throw new ConnectionError('VENDOR_REFUSED', 'no');
    };
    for await (const one of pushEach(testContext({ concurrency: 1 }), source(5, taken), send, never)) results.push(one);
    expect(taken).toEqual(['0']);
    expect(results.map((one) => one.outcome)).toMatchObject([{ kind: 'unsent', trouble: { code: 'VENDOR_REFUSED' } }]);
  });

  it('throws a defect only after the others are told', async () => {
    const told: string[] = [];
    const read = async (): Promise<void> => {
      const send = async (one: PushOperation): Promise<Outcome> => {
        if (one.id === '0') throw new InvariantError('INVARIANT_BROKEN', 'a defect');
        if (one.id === '1') throw new RecordError('VENDOR_ERROR', 'no');
        return applied;
      };
      for await (const one of pushEach(testContext({ concurrency: 2 }), source(2, []), send, never)) told.push(one.operationId);
    };
    expect(await failureOf(read())).toBeInstanceOf(InvariantError);
    expect(told).toEqual(['1']);
  });

  it('does not wait for a source that keeps it waiting after a stop', async () => {
    const controller = new AbortController();
    const silent: AsyncIterable<PushOperation> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const reading = pushEach(testContext(), silent, async () => applied, controller.signal).next();
    controller.abort();
    expect((await reading).done).toBe(true);
  });
});

describe('IdSet', () => {
  it('agrees with Sets for any keys and passes', () => {
    const key = fc.oneof(
      fc.nat(200).map(String),
      fc.maxSafeNat().map(String),
      fc.nat(50).map((number) => `0${number}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(key, { maxLength: 300 }), { maxLength: 4 }), (passes) => {
        const ids = new IdSet();
        const ever = new Set<string>();
        for (const keys of passes) {
          const now = new Set<string>();
          for (const one of keys) {
            const expected = now.has(one) ? 'twice' : ever.has(one) ? 'again' : 'new';
            expect(ids.add(one)).toBe(expected);
            now.add(one);
            ever.add(one);
          }
          expect(ids.passCount).toBe(now.size);
          ids.nextPass();
        }
      }),
    );
    const many = new IdSet();
    for (let number = 1; number <= 20_000; number += 1) expect(many.add(String(number * 1024))).toBe('new');
    for (let number = 1; number <= 20_000; number += 1) expect(many.add(String(number * 1024))).toBe('twice');
  });
});

describe('records', () => {
  it('spells scalars and nothings as text', () => {
    expect([null, '', [], {}, undefined, 5, 1.5, true, ' x '].map((value) => text(value))).toEqual(['', '', '', '', '', '5', '1.5', 'true', ' x ']);
  });

  it('explains a broken record by field and rule, without its value', () => {
    const schema = z.looseObject({
      id: z.string(),
      list: z.array(z.strictObject({ n: z.number().max(3) })).optional(),
      year: z.union([z.number(), z.null()]).optional(),
      mark: z.union([z.enum(['Y', 'N']), z.strictObject({ on: z.boolean() })]).optional(),
    });
    const secret = 'Иванов';
    const rejection = (body: Record<string, never>) => {
      const checked = checkWire(schema, 'clients', '7', body);
      if (!('rejected' in checked)) throw new Error('expected a rejection');
      const { field, rule } = checked.rejected;
      expect(field + rule).not.toContain(secret);
      return [field, rule];
    };
    const cast = (body: unknown) => body as Record<string, never>;
    expect(rejection(cast({ id: [secret] }))).toEqual(['id', 'expected string']);
    expect(rejection(cast({ id: '1', list: [{ n: 5 }] }))).toEqual(['list.0.n', 'expected at most 3 (number)']);
    expect(rejection(cast({ id: '1', list: [{ n: 1, [secret]: 1 }] }))).toEqual(['list.0', 'expected no unknown fields']);
    expect(rejection(cast({ id: '1', year: secret }))).toEqual(['year', 'expected number, or null']);
    expect(rejection(cast({ id: '1', mark: { on: secret } }))).toEqual(['mark', 'expected one of 2 known values, or on: boolean']);
    expect(checkWire(schema, 'clients', '7', { id: '1', extra: secret })).toEqual({ ok: { id: '1', extra: secret } });
  });
});
