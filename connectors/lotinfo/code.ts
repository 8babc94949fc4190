/** The SMS code without which the client base cannot be read (Lotinfo API, reading clients). */
import type { Context } from '../../core/context.ts';
import { ConnectionError } from '../../core/errors.ts';
import type { LotinfoSettings } from './settings.ts';

export interface SmsCode {
  /** Whether a code is at hand without asking anyone. */
  known(): boolean;
  /** The code; asks the person at the terminal once. Null when there is nobody, or no code. */
  get(): Promise<number | null>;
  /** The same, but throws `ConnectionError` with a hint where there is none. */
  need(): Promise<number>;
  /** Forgets a code that the vendor refused. */
  refused(): void;
}

/** Codes that a person gave in this process: a system is opened for each run, and nobody wants to be asked at each. */
const given = new Map<string, string>();

export function smsCode(settings: LotinfoSettings, ctx: Context): SmsCode {
  const slot = `${ctx.system} ${settings.url}`;
  let spent = false;
  let asking: Promise<string> | null = null;
  const atHand = (): string => given.get(slot) ?? (spent ? '' : (settings.code ?? ''));
  const ask = async (): Promise<string> => {
    const answer = (await ctx.ask(`SMS code of Lotinfo for ${ctx.system} (sent to the director by ${settings.smsUrl})`))?.trim() ?? '';
    if (!/^\d{1,15}$/.test(answer)) return '';
    given.set(slot, answer);
    return answer;
  };
  const get = async (): Promise<number | null> => {
    let code = atHand();
    if (code === '') {
      asking ??= ask();
      // Asked once: a person who gave no code means to go on without.
      code = (await asking) === '' ? '' : atHand();
    }
    return code === '' ? null : Number(code);
  };
  return {
    known: () => atHand() !== '',
    get,
    async need() {
      const code = await get();
      if (code !== null) return code;
      throw new ConnectionError('VENDOR_UNREADABLE', `${ctx.system}: clients cannot be read without the SMS code`, {
        hint: `Ask for the SMS at ${settings.smsUrl} and give the code (--code), or set \`creates: blind\` if creating unseen is acceptable.`,
      });
    },
    refused() {
      given.delete(slot);
      spent = true;
    },
  };
}
