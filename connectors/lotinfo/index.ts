/** Lotinfo: a cloud CRM for real estate. Clients can be added and, with an SMS code, read; comments can be added to them, and nothing else of them changed. */

import type { Context } from '../../core/context.ts';
import type { Connector, Health, Reading, Stream, System } from '../../core/contract.ts';
import { ConnectionError, ContractError } from '../../core/errors.ts';
import { settingsOf } from '../shared/settings.ts';
import { type Api, probe, readClients } from './api.ts';
import { smsCode } from './code.ts';
import { findClients, pullClients } from './pull.ts';
import { pushClients } from './push.ts';
import { type LotinfoSettings, lotinfoSettings } from './settings.ts';
import { lotinfoWire } from './wire.ts';

const REMARK = 'write-only: no SMS code';
const TOKEN_REMARK = 'a reading without a code was not refused for the code: the token or the address may be wrong';

export const lotinfo: Connector = {
  vendor: 'lotinfo',
  settings: lotinfoSettings,
  wire: lotinfoWire,
  open(settings, ctx) {
    return open(settingsOf(lotinfoSettings, settings, ctx), ctx);
  },
};

function open(settings: LotinfoSettings, ctx: Context): System {
  const api: Api = { settings, ctx, code: smsCode(settings, ctx) };
  return {
    check: (signal) => check(api, signal),
    pull: (request, checkpoint, signal) => pullClients(api, request, checkpoint, signal),
    streams: [clients(api)],
    /** Looked at anew each time: `check` may have been given a code by the person at the terminal. */
    get readings(): readonly Reading[] {
      const clientsReading = { name: 'clients', streams: ['clients'] };
      return [api.code.known() ? { ...clientsReading, mode: 'changes' } : { ...clientsReading, mode: 'none', remark: REMARK }];
    },
  };
}

/** Asks for a code where none is given; with one, reads a client; without, sees at least that the API answers. */
async function check(api: Api, signal: AbortSignal): Promise<Health> {
  if ((await api.code.get()) === null) {
    const answer = await probe(api, signal);
    const expected = 'errors' in answer && answer.errors.some(({ field }) => field === 'code');
    return { remarks: expected ? [REMARK] : [REMARK, TOKEN_REMARK] };
  }
  try {
    await readClients(api, {}, { offset: 0, limit: 1 }, signal);
  } catch (error) {
    if (!(error instanceof ContractError) || error.code !== 'VENDOR_ERROR') throw error;
    // A wrong token is told in the body, and nothing but a text tells it from other errors.
    throw new ConnectionError('VENDOR_REFUSED', error.message, { cause: error });
  }
  return { remarks: [] };
}

function clients(api: Api): Stream {
  const { comments } = api.settings;
  return {
    name: 'clients',
    wire: lotinfoWire.clients,
    get capabilities(): Stream['capabilities'] {
      return {
        update: comments ? 'patch' : 'none',
        ...(comments ? { updates: ['comments'] } : {}),
        create: true,
        delete: false,
        clear: false,
        findBy: api.code.known() ? ['key', 'reference'] : [],
        confirmsLater: false,
        repeat: 'unsafe',
        ...(api.settings.useReference ? { reference: { field: 'apiIdExchange', kind: 'integer' } } : {}),
      };
    },
    push: (operations, signal) => pushClients(api, operations, signal),
    find: (asked, signal) => findClients(api, asked, signal),
  };
}
