import type { Context } from '../../core/context.ts';
import type { Capabilities, Connector, Health, Probe, Stream, System } from '../../core/contract.ts';
import { ConnectionError } from '../../core/errors.ts';
import { pushEach, type Send } from '../shared/push.ts';
import { safeInfo } from '../shared/safe-info.ts';
import { settingsOf } from '../shared/settings.ts';
import { readCall, type Site } from './calls.ts';
import { findBonuses, findCustomers } from './find.ts';
import { KnownNames } from './names.ts';
import { customersOf } from './page.ts';
import { CUSTOMERS, extras, pullCustomers } from './read.ts';
import { type VirtualposSettings, virtualposSettings } from './settings.ts';
import { bonusWire, cardWire, clientWire } from './wire.ts';
import { pushBonus, pushCard, pushClient } from './write.ts';

const wire = { clients: clientWire, cards: cardWire, bonuses: bonusWire };

/** VirtualPOS: a cloud till, one address per company; customers with their cards and bonus savings (VirtualPOS API, Customer). */
export const virtualpos: Connector = {
  vendor: 'virtualpos',
  settings: virtualposSettings,
  wire,
  open: (settings, ctx) => openSystem(settingsOf(virtualposSettings, settings, ctx), ctx),
};

function openSystem(settings: VirtualposSettings, ctx: Context): System {
  const site: Site = { settings, ctx, names: new KnownNames(settings) };
  const streams = streamsOf(site);
  return {
    streams,
    readings: [{ name: CUSTOMERS, streams: streams.map((stream) => stream.name), mode: 'full' }],
    check: (signal) => check(site, signal),
    pull: (request, checkpoint, signal) => pullCustomers(site, request, checkpoint, signal),
  };
}

async function check(site: Site, signal: AbortSignal): Promise<Health> {
  const called = await readCall(site, { ...extras(site), page: '1', page_size: '1' }, signal);
  if (!called.answer.ok) {
    const info = safeInfo(called.answer.info);
    throw new ConnectionError('VENDOR_REFUSED', `${site.ctx.system}: VirtualPOS refuses to give customers: ${info}`);
  }
  customersOf(site, called);
  const total = called.answer.root['total_count'];
  return {
    remarks: total === undefined ? ['the answer has no total_count: each reading takes at least two passes'] : [],
  };
}

function streamsOf(site: Site): Stream[] {
  const { settings } = site;
  const pushing = (send: (site: Site, ...rest: Parameters<Send>) => ReturnType<Send>): NonNullable<Stream['push']> => {
    return (operations, signal) => pushEach(site.ctx, operations, (operation, stop) => send(site, operation, stop), signal);
  };
  const clients: Stream = {
    name: 'clients',
    wire: wire.clients,
    capabilities: {
      ...common(settings),
      update: settings.update === 'whole' ? 'replace' : 'patch',
      create: true,
      findBy: ['key', 'phone', 'email', 'reference', 'hasPhone', 'hasEmail'],
      // A create with a reference may be repeated; without one it is settled by reading back.
      repeat: 'unsafe',
      reference: { field: 'external_id', kind: 'text' },
    },
    push: pushing(pushClient),
    takes: (field, value) => site.names.takes(field, value),
    find: (probe, signal) => findCustomers(site, probe, signal),
  };
  const cards: Stream = {
    name: 'cards',
    wire: wire.cards,
    capabilities: {
      ...common(settings),
      update: settings.update === 'whole' ? 'replace' : 'patch',
      create: true,
      delete: true,
      repeat: settings.createCardBy === 'updateCard' ? 'safe' : 'unsafe',
    },
    push: pushing(pushCard),
    takes: (field, value) => site.names.takes(field, value),
  };
  const byValue = settings.balanceBy === 'value';
  const bonuses: Stream = {
    name: 'bonuses',
    wire: wire.bonuses,
    capabilities: {
      ...common(settings),
      findBy: ['key'],
      repeat: byValue ? 'safe' : 'unsafe',
      balance: { by: byValue ? 'value' : 'delta', needs: 'client', floor: 0 },
    },
    push: pushing(pushBonus),
    find: (probe: Probe, signal) => findBonuses(site, probe, signal),
  };
  return [clients, ...(settings.cards ? [cards] : []), ...(settings.bonuses ? [bonuses] : [])];
}

function common(settings: VirtualposSettings): Capabilities {
  return {
    update: 'none',
    create: false,
    delete: false,
    clear: settings.clearByEmpty,
    findBy: [],
    confirmsLater: false,
    repeat: 'safe',
  };
}
