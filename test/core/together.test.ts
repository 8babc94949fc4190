import { expect, it } from 'vitest';
import { together } from '../../core/together.ts';

it('answers what each gave, in their order', async () => {
  expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('throws what the first in the list threw, once none is under way any more', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let ended = false;
  const slow = gate.then(() => {
    ended = true;
    throw new Error('slow');
  });
  const all = together([Promise.resolve(), slow, Promise.reject(new Error('fast'))]);
  const seen = all.catch((error: Error) => ({ message: error.message, ended }));
  open();
  expect(await seen).toEqual({ message: 'slow', ended: true });
});
