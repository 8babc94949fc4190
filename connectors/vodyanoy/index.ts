/** Vodyanoy: the program of a water-delivery firm, on the firm's own machine. Clients are read and added; changed where a setting says how. */

import type { Context } from '../../core/context.ts';
import type { Connector, Stream, System } from '../../core/contract.ts';
import { settingsOf } from '../shared/settings.ts';
import { type Api, readList } from './api.ts';
import { findClients, pullClients, readPhoneCard } from './pull.ts';
import { pushClients } from './push.ts';
import { type VodyanoySettings, vodyanoySettings } from './settings.ts';
import { PHONE_FIELDS, vodyanoyWire } from './wire.ts';

export const vodyanoy: Connector = {
  vendor: 'vodyanoy',
  settings: vodyanoySettings,
  wire: vodyanoyWire,
  open(settings, ctx) {
    return open(settingsOf(vodyanoySettings, settings, ctx), ctx);
  },
};

function open(settings: VodyanoySettings, ctx: Context): System {
  const api: Api = { settings, ctx };
  return {
    async check(signal) {
      await readList(api, {}, { offset: 0, limit: 1 }, signal);
      return { remarks: [] };
    },
    pull: (request, checkpoint, signal) => pullClients(api, request, checkpoint, signal),
    streams: [clients(api)],
    readings: [{ name: 'clients', streams: ['clients'], mode: 'changes' }],
  };
}

function clients(api: Api): Stream {
  const { update, updateClears, createWithPsw } = api.settings;
  return {
    name: 'clients',
    wire: vodyanoyWire.clients,
    capabilities: {
      update,
      create: true,
      delete: false,
      clear: update === 'patch' && updateClears,
      findBy: ['key', 'phone'],
      confirmsLater: false,
      repeat: createWithPsw ? 'byKey' : 'unsafe',
    },
    push: (operations, signal) => pushClients(api, operations, signal),
    find: (asked, signal) => findClients(api, asked, signal),
    facets: [{ name: 'phone-card', covers: PHONE_FIELDS, read: (record, signal) => readPhoneCard(api, record, signal) }],
  };
}
