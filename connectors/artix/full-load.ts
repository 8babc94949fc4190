/** A full load: a command that clears the dictionary and one `add…` for everything that shall be in it, in one piece. */
import type { PushOperation } from '../../core/contract.ts';
import type { FullLoad, LoadRecord } from '../../core/full-load.ts';
import { type Form, render } from './forms.ts';
import { type Exchange, formatHandle, type Handle, parseHandle } from './loads.ts';
import { newClientKey } from './new-entries.ts';
import { clientWire, KEY_FIELDS } from './wire.ts';

/** Columns of the cash server that `addClient` does not take. */
const NOT_TAKEN: readonly string[] = ['codeword', 'userid', 'createdate', 'update_time', 'crc', 'ownerStoreid'];
/** Those of them that the cash server fills again by itself. */
const REFILLED: readonly string[] = ['update_time', 'crc', 'ownerStoreid'];

/** How the dictionary of clients is loaded whole. */
export function clientsLoad(exchange: Exchange, form: Form): FullLoad {
  return {
    takes: Object.keys(clientWire.shape).filter((name) => !NOT_TAKEN.includes(name)),
    refilled: REFILLED,
    async send(records, signal, intend) {
      const keys = new Map<string, string | undefined>();
      const handlesIn = (load: Omit<Handle, 'key' | 'whole'>): Map<string, string> =>
        new Map([...keys].map(([operation, key]) => [operation, formatHandle({ ...load, ...(key !== undefined && { key }) })]));
      const outcome = await exchange.whole(commandsOf(records, form, keys), signal, async (base) => {
        await intend?.(formatHandle({ base, whole: true, intended: true }), handlesIn({ base, intended: true }));
      });
      return { outcome, handles: outcome.kind === 'accepted' ? handlesIn({ base: parseHandle(outcome.handle).base }) : new Map() };
    },
  };
}

async function* commandsOf(records: AsyncIterable<LoadRecord>, form: Form, sent: Map<string, string | undefined>): AsyncGenerator<string> {
  yield JSON.stringify({ command: 'clearClient' });
  for await (const record of records) {
    const { key, body } = 'kept' in record ? record.kept : changed(record.changed, sent);
    const kept = Object.entries(body).filter(([name]) => !NOT_TAKEN.includes(name));
    const client = { [KEY_FIELDS.clients]: key, ...render('clients', { ...Object.fromEntries(kept), [KEY_FIELDS.clients]: key }, form) };
    yield JSON.stringify({ command: 'addClient', client });
  }
}

function changed(operation: PushOperation, sent: Map<string, string | undefined>): { key: string; body: PushOperation['fields'] } {
  if (operation.action !== 'create') {
    sent.set(operation.id, undefined);
    return { key: operation.key ?? '', body: operation.body ?? operation.fields };
  }
  const key = newClientKey(operation);
  sent.set(operation.id, key);
  return { key, body: operation.fields };
}
