/** Asking a vendor itself about a client, past what is stored. Nothing is kept of the answer. */
import type { LoadedConfig } from '../../config/load.ts';
import type { Probe, Stream, WireBody } from '../../core/contract.ts';
import { ConfigError, ConnectionError } from '../../core/errors.ts';
import { openSystems } from '../compose.ts';
import type { ContextOptions } from '../system-context.ts';

export interface AskedRecord {
  readonly stream: string;
  readonly key: string;
  /** The vendor itself says that it is deleted or archived. */
  readonly deleted: boolean;
  readonly fields: WireBody;
}

export interface Asked {
  readonly records: readonly AskedRecord[];
  /** Records that broke the vendor's form: stream, key, field and what was expected there. */
  readonly unusable: readonly { readonly stream: string; readonly key: string | null; readonly field: string; readonly rule: string }[];
  /** There are more than are shown. */
  readonly cut: boolean;
}

/** How a way to look a client up is called on the command line. */
const PROBE_OPTIONS: Readonly<Record<keyof Probe, string>> = {
  key: '--key',
  phone: '--phone',
  email: '--email',
  reference: '--reference',
  cardNumber: '--card',
  password: '--password',
  hasPhone: '--with-phone',
  hasEmail: '--with-email',
};

/** Looks clients up in one system, by its own `find`. Throws `ConfigError` where the system is not there or cannot be asked that way. */
export async function askSystem(loaded: LoadedConfig, system: string, probe: Probe, options: ContextOptions): Promise<Asked> {
  const opened = (await openSystems(loaded, options)).find(({ name }) => name === system);
  if (opened === undefined) throw new ConfigError('CONFIG_USAGE', `there is no system "${system}" in the configuration`);
  const closed = await opened.closed?.(true);
  // A person is not kept waiting until it opens.
  if (closed) throw new ConnectionError(closed.code, closed.message, { hint: closed.until === null ? closed.hint : 'Ask again after that.' });
  const ways = Object.keys(probe) as (keyof Probe)[];
  const able = (): Stream | undefined => [...opened.streams.values()].find(({ capabilities }) => ways.every((way) => capabilities.findBy.includes(way)));
  // Some systems learn only by a call what they can be asked: whether somebody has an SMS code.
  if (able() === undefined) await opened.system.check(options.signal);
  const stream = able();
  if (stream?.find === undefined || ways.length === 0) {
    const others = [...new Set([...opened.streams.values()].flatMap(({ capabilities }) => capabilities.findBy))].map((way) => PROBE_OPTIONS[way]);
    throw new ConfigError('CONFIG_USAGE', `${system} cannot be asked that way`, {
      hint: others.length === 0 ? 'This system has no way to look anybody up.' : `It can be asked by ${others.join(', ')}.`,
    });
  }
  const found = await stream.find(probe, options.signal);
  return {
    records: [...found.records].flatMap(([name, records]) =>
      records.map(({ key, body, deleted }) => ({ stream: name, key, deleted: deleted === true, fields: body })),
    ),
    unusable: found.rejected.map(({ stream: name, key, field, rule }) => ({ stream: name, key, field, rule })),
    cut: found.cut === true,
  };
}
