/** What a configured system consists of; a part that is not configured is null. */
import type { Context } from '../../core/context.ts';
import type { CallPlace, Listener } from '../../core/listener.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import { callPlace, statusListener } from './callbacks.ts';
import { openExchange } from './file.ts';
import { openHttpExchange } from './http.ts';
import type { Exchange } from './loads.ts';
import { type OnlineCard, openOnlineCard } from './online-card.ts';
import { openServer, type Server } from './server.ts';
import type { ArtixSettings } from './settings.ts';
import type { RestSettings } from './settings-calls.ts';
import type { CommandForm } from './settings-commands.ts';
import { openSource, type Source } from './source.ts';

export interface Parts {
  readonly ctx: Context;
  readonly settings: ArtixSettings;
  readonly cash: { readonly rest: RestSettings; readonly server: Server } | null;
  readonly accounts: Accounts | null;
  /** The route of commands, where changes go by one. */
  readonly exchange: { readonly by: Exchange; readonly form: CommandForm } | null;
  readonly source: Source | null;
  readonly onlineCard: OnlineCard | null;
}

export function openParts(settings: ArtixSettings, ctx: Context): Parts {
  const { rest, accounts, source, onlineCard } = settings;
  return {
    ctx,
    settings,
    cash: rest === undefined ? null : { rest, server: openServer(ctx, 'Artix CSrest', rest) },
    accounts: accounts === undefined ? null : openAccounts(ctx, accounts, settings.accountStatus),
    exchange: exchangeOf(settings, ctx),
    source: source === undefined ? null : openSource(ctx, source),
    onlineCard: onlineCard === undefined ? null : openOnlineCard(ctx, onlineCard),
  };
}

function exchangeOf(settings: ArtixSettings, ctx: Context): Parts['exchange'] {
  const { route, file, http } = settings;
  if (route === 'file' && file !== undefined) return { by: openExchange(ctx, settings, file), form: file };
  if (route === 'http' && http !== undefined) return { by: openHttpExchange(ctx, settings, http), form: http };
  return null;
}

/** Where the statuses of loads are called back; null where none are wanted. */
export function calledAt({ route, http }: ArtixSettings): CallPlace | null {
  return route !== 'http' || http?.statuses === undefined ? null : callPlace(http, http.statuses);
}

/** What listens for the statuses of loads; null where none are wanted, or where there is no store to keep them. */
export function listenerOf(settings: ArtixSettings, ctx: Context): Listener | null {
  const { route, http } = settings;
  if (route !== 'http' || http?.statuses === undefined || ctx.notices === undefined) return null;
  return statusListener(ctx, http, http.statuses, ctx.notices);
}
