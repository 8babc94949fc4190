/** Vodyanoy: the program of a water-delivery firm, on the firm's own machine. Clients are read and added; changed where a setting says how. */

import type { Context } from '../../core/context.ts';
import type { Connector, Facet, Stream, System } from '../../core/contract.ts';
import { settingsOf } from '../shared/settings.ts';
import { type Api, readList } from './api.ts';
import { type Employees, readEmployees } from './employees.ts';
import { findClients, pullClients, readDebt, readPhoneCard } from './pull.ts';
import { pushClients } from './push.ts';
import { type VodyanoySettings, vodyanoySettings } from './settings.ts';
import { BALANCE_FIELD, PHONE_FIELDS, vodyanoyWire } from './wire.ts';

export const vodyanoy: Connector = {
  vendor: 'vodyanoy',
  settings: vodyanoySettings,
  wire: vodyanoyWire,
  open(settings, ctx) {
    return open(settingsOf(vodyanoySettings, settings, ctx), ctx);
  },
};

function open(settings: VodyanoySettings, ctx: Context): System {
  let employees: Promise<Employees> | null = null;
  const api: Api = {
    settings,
    ctx,
    async employees(signal, anew = false) {
      if (anew) employees = null;
      employees ??= readEmployees(api, signal);
      try {
        return await employees;
      } catch (error) {
        employees = null;
        throw error;
      }
    },
  };
  return {
    async check(signal) {
      await readList(api, 'clients', {}, { offset: 0, limit: 1 }, signal);
      return { remarks: [] };
    },
    pull: (request, checkpoint, signal) => pullClients(api, request, checkpoint, signal),
    streams: [clients(api)],
    readings: [{ name: 'clients', streams: ['clients'], mode: 'changes' }],
  };
}

/** The debt is that of the morning: it stands for the day. */
const DEBT_STANDS_MS = 12 * 3_600_000;

function debt(api: Api): Facet {
  return { name: 'debt', covers: [BALANCE_FIELD], staleAfterMs: DEBT_STANDS_MS, read: (record, signal) => readDebt(api, record, signal) };
}

function clients(api: Api): Stream {
  const { update, updateClears, createWithPsw, balance } = api.settings;
  return {
    name: 'clients',
    wire: vodyanoyWire.clients,
    capabilities: {
      update,
      create: true,
      delete: false,
      clear: update === 'patch' && updateClears,
      findBy: ['key', 'phone', 'password'],
      confirmsLater: false,
      repeat: createWithPsw ? 'byKey' : 'unsafe',
    },
    push: (operations, signal) => pushClients(api, operations, signal),
    find: (asked, signal) => findClients(api, asked, signal),
    facets: [{ name: 'phone-card', covers: PHONE_FIELDS, read: (record, signal) => readPhoneCard(api, record, signal) }, ...(balance ? [debt(api)] : [])],
  };
}
