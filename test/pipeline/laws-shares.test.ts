/** How a difference is spread over a client's accounts in one system. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ClientAccount, sharesOf } from '../../pipeline/ledger/accounts.ts';

const accounts = fc
  .array(fc.integer({ min: -500, max: 5000 }), { minLength: 1, maxLength: 5 })
  .map((list) => list.map((agreed, at) => ({ row: { record_id: at + 1, agreed } }) as unknown as ClientAccount));

it('takes no account below the floor, gives and takes nothing twice, and all that can be taken', () => {
  fc.assert(
    fc.property(accounts, fc.integer({ min: -20_000, max: 20_000 }), fc.constantFrom(0, -100), (here, delta, floor) => {
      const shares = sharesOf(here, delta, floor);
      const sum = shares.reduce((all, share) => all + share.delta, 0);
      const room = here.reduce((all, { row }) => all + Math.min(0, floor - row.agreed), 0);
      expect(sum).toBe(delta < 0 ? Math.max(delta, room) : delta);
      expect(new Set(shares.map(({ account }) => account)).size).toBe(shares.length);
      for (const share of shares) if (share.delta < 0) expect(share.account.row.agreed + share.delta).toBeGreaterThanOrEqual(floor);
      // Each operation finds its own share by itself, so the order in which the accounts were read must not matter.
      expect(sharesOf([...here].reverse(), delta, floor)).toEqual(shares);
    }),
    { seed: 1 },
  );
});

it('goes through one account where the vendor has no floor', () => {
  fc.assert(
    fc.property(accounts, fc.integer({ min: -20_000, max: -1 }), (here, delta) => {
      expect(sharesOf(here, delta, null).map((share) => share.delta)).toEqual([delta]);
    }),
    { seed: 1 },
  );
});
