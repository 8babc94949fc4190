/** The stream of bonus accounts: balances change by assets, whatever the route of the dictionaries. */
import type { Capabilities, Stream } from '../../core/contract.ts';
import { isObject, text } from '../shared/records.ts';
import { findAccount, findByCard } from './bonuses.ts';
import type { Parts } from './parts.ts';
import { artixWire } from './wire.ts';
import { pushEach } from './write.ts';

export function bonuses(parts: Parts): Stream {
  const { cash, accounts, settings } = parts;
  const capabilities: Capabilities = {
    update: 'none',
    create: false,
    delete: false,
    clear: false,
    findBy: accounts === null ? [] : ['key', 'cardNumber'],
    confirmsLater: false,
    repeat: 'byKey',
    ...(accounts !== null && { balance: { by: 'delta' as const, needs: 'card' as const, floor: 0 } }),
  };
  const base = { name: 'bonuses', wire: artixWire.bonuses, capabilities };
  if (accounts === null || settings.accounts === undefined) return base;
  const accountsSettings = settings.accounts;

  return {
    ...base,
    journal: (account, signal) => accounts.journal(account, signal),
    find: (probe, signal) => {
      const idcard = (number: string): Promise<string | null> => idOfCard(cash, number, signal);
      return probe.cardNumber === undefined
        ? findAccount(accounts, accountsSettings, probe.key ?? '', idcard, signal)
        : findByCard(accounts, probe.cardNumber, idcard, signal);
    },
    push: (operations, signal) =>
      pushEach(
        operations,
        async (operation, stop) =>
          operation.action === 'adjust'
            ? accounts.adjust(operation, stop)
            : { kind: 'rejected', code: 'UNSUPPORTED', reason: 'a bonus account is only adjusted' },
        signal,
      ),
  };
}

/** The id under which the cash server keeps a card: by custom its number. Null where that cannot be seen. */
async function idOfCard(cash: Parts['cash'], number: string, signal: AbortSignal): Promise<string | null> {
  if (cash === null) return null;
  const { json } = await cash.server.get(cash.rest.paths.cardById, { values: { id: number } }, signal);
  return isObject(json) && text(json.number) === number ? text(json.idcard) : null;
}
