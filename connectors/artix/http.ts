/** Changes of the dictionaries by the exchange service (`aifexchange`): an array of commands in one call, loaded later. */
import type { Context } from '../../core/context.ts';
import type { Outcome } from '../../core/contract.ts';
import { ContractError, RecordError } from '../../core/errors.ts';
import { outcomeOf } from '../shared/call.ts';
import { isObject, text } from '../shared/records.ts';
import { type Exchange, formatHandle, parseHandle, pushLoads, type Sent, sendIntended, TO_READ_BACK } from './loads.ts';
import { refusalOf } from './refusal.ts';
import type { CommandStream } from './rows.ts';
import { openServer } from './server.ts';
import type { ArtixSettings } from './settings.ts';
import type { HttpSettings } from './settings-commands.ts';
import { verdictOfAll } from './statuses.ts';

/** When a full load is tried again that found another load under way. */
const BUSY_MS = 60_000;
/** How often a run that waits looks whether the last word has come. */
const LOOK_MS = 250;

const LOST: Outcome = { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' };
const FAILED: Outcome = { kind: 'rejected', code: 'VENDOR_ERROR', reason: 'the load ended with STATUS_ERROR: nothing of it was taken' };

export function openHttpExchange(ctx: Context, settings: ArtixSettings, http: HttpSettings): Exchange {
  const server = openServer(ctx, 'Artix exchange', http);
  const { statuses } = http;
  const notices = statuses === undefined ? undefined : ctx.notices;
  const timeoutMs = http.timeoutSeconds * 1000;

  const readBack = (stream: CommandStream): boolean => settings.rest !== undefined && stream !== 'additional-cards';

  /** Sends one load to every shop. What a shop took before another refused it is sent to it once more later, which is harmless. */
  async function send(base: string, commands: readonly string[], signal: AbortSignal): Promise<Sent> {
    const loads = http.shops.map((shop, index) => ({ id: `${base}-${index + 1}`, reply: ctx.uuid(), batch: base, topic: shop }));
    await notices?.issue(loads);
    const body = `[${commands.join(',')}]`;
    for (const [index, { id, topic }] of loads.entries()) {
      const trouble = await post(topic, id, body, signal);
      if (trouble === null) continue;
      // Of a load whose answer was lost, or which another shop has taken, the server may still call back.
      if (trouble.kind !== 'unknown' && index === 0) await notices?.close(base);
      return trouble;
    }
    ctx.log.info('load sent', { system: ctx.system, load: base, commands: commands.length, shops: loads.length });
    return { base, done: (await lastWord(base, signal)) === 'loaded' };
  }

  const name = async (): Promise<{ readonly base: string }> => ({ base: `${ctx.clock.now().toString(36)}-${ctx.uuid()}` });

  /** Whether no load is under way: calls about a shop do not say which load they mean, so there is one at a time. */
  async function free(): Promise<boolean> {
    for (const shop of http.shops) {
      for (const { batch } of (await notices?.open(shop, ctx.clock.now() - timeoutMs)) ?? []) {
        // Done, and open only for what late desks may say of it.
        if ((await verdict(batch)) === 'pending') {
          ctx.log.info('a load is still under way: what else there is to send waits for it', { system: ctx.system, shop, load: batch });
          return false;
        }
        await notices?.close(batch);
      }
    }
    return true;
  }

  /** One call; null when the server took it. A repetition with the same `dictionaryid` loads the same commands, which is harmless. */
  async function post(shop: string, id: string, json: string, signal: AbortSignal): Promise<Outcome | null> {
    const address = statuses?.address ?? statuses?.listen;
    const query = { shopcode: shop, dictionaryid: id, ...(address !== undefined && { addressstatusserver: address }) };
    try {
      const answer = await server.write('POST', http.path, { query, text: json }, signal);
      const success = isObject(answer.json) ? text(answer.json.success) : '';
      if (success === 'true' || success === '1') return null;
      if (success === '') return LOST;
      const said = refusalOf(answer.json, json, [http.login, http.password]);
      throw new RecordError('VENDOR_ERROR', `Artix exchange: the load was answered with success: false${said === '' ? ', and no reason' : `: ${said}`}`);
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async function verdict(base: string): Promise<ReturnType<typeof verdictOfAll>> {
    if (notices === undefined || statuses === undefined) return 'pending';
    return verdictOfAll(await notices.batch(base), statuses.doneBy);
  }

  /** Waits a little for the last word, so that a run need not leave it to the next one. */
  async function lastWord(base: string, signal: AbortSignal): Promise<ReturnType<typeof verdictOfAll>> {
    const until = ctx.clock.now() + (statuses?.waitSeconds ?? 0) * 1000;
    for (;;) {
      const word = await verdict(base);
      if (word !== 'pending' || notices === undefined || signal.aborted || ctx.clock.now() >= until) return word;
      try {
        await ctx.clock.sleep(LOOK_MS, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  return {
    push: (stream, operations, lookup, signal, intend) =>
      pushLoads({ ctx, settings, route: http, manyShops: http.shops.length > 1, readBack, name, send, free }, stream, operations, lookup, signal, intend),

    async whole(commands, signal, intend) {
      const parts: string[] = [];
      for await (const command of commands) parts.push(command);
      if (!(await free())) return { kind: 'retry', ms: BUSY_MS, code: 'EXCHANGE_BUSY' };
      const sent = await sendIntended({ ctx, name, send }, parts, signal, async (base) => intend?.(base));
      if (!('base' in sent)) return sent;
      return (await verdict(sent.base)) === 'failed' ? FAILED : { kind: 'accepted', handle: formatHandle({ base: sent.base, whole: true }) };
    },

    async confirm(handle, exists, readable) {
      const { base, key, whole } = parseHandle(handle);
      const timedOut = ctx.clock.now() - Number.parseInt(base, 36) > timeoutMs;
      const word = await verdict(base);
      // What was created is believed when it is seen, whatever was called back.
      if (key !== undefined && exists !== null) {
        if (await exists(key)) return { kind: 'applied', key };
        if (word === 'failed') return FAILED;
        return timedOut || word === 'partly' ? LOST : 'pending';
      }
      if (word !== 'pending' && readable && whole !== true) return TO_READ_BACK;
      if (word === 'failed') return FAILED;
      if (word === 'loaded') return key === undefined ? { kind: 'applied' } : { kind: 'applied', key };
      return timedOut || word === 'partly' ? LOST : 'pending';
    },

    async probe(signal) {
      try {
        // The service takes loads by POST alone: a GET is refused by whoever is there.
        const { status } = await server.get(http.path, { optional: true }, signal);
        return status === 404 ? `the exchange service answers, but may know no "${http.path}" (HTTP 404)` : null;
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        return error.code === 'VENDOR_REDIRECT' ? `the exchange service answers with a redirect, which is never followed: check \`url\` and \`path\`` : null;
      }
    },

    async waiting() {
      return 0;
    },
  };
}
