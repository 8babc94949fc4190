/** Tries what somebody answered in `sverka init`, by the same ways that a run goes: nothing is written to a vendor or a store. */
import { access, constants, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { Check } from '../../console/check.ts';
import { configText, type NewSystem } from '../config-text.ts';
import type { Invocation } from '../host.ts';

export type Secrets = Readonly<Record<string, string>>;

const CONNECT_MS = 5000;

/** Whether something listens at an address; null, or why not. */
export async function tryAddress(url: string): Promise<string | null> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((done) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) });
    const end = (why: string | null): void => {
      socket.destroy();
      done(why);
    };
    socket.setTimeout(CONNECT_MS, () => end(`no answer within ${CONNECT_MS / 1000} s`));
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(WHY[error.code ?? ''] ?? error.code ?? 'no connection'));
  });
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'there is no such host (ENOTFOUND)',
  EAI_AGAIN: 'the name cannot be looked up now (EAI_AGAIN)',
  EHOSTUNREACH: 'there is no way to that host (EHOSTUNREACH)',
  ENETUNREACH: 'there is no way to that network (ENETUNREACH)',
};

/** Whether a database file can be made; null, or why not. */
export async function tryFile(file: string, directory: string): Promise<string | null> {
  const path = resolve(directory, file);
  try {
    if ((await stat(path).catch(() => null))?.isDirectory() === true) return 'that is a directory';
    await access(dirname(path), constants.W_OK);
    return null;
  } catch (error) {
    return `${dirname(path)} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
  }
}

/** Opens a system as a run would, and logs in. */
export async function trySystem(invocation: Invocation, zone: string, system: NewSystem, secrets: Secrets): Promise<readonly Check[]> {
  const { checkSystems } = await import('../../console/doctor.ts');
  return tried(invocation, configText({ zone, store: 'sqlite', systems: [system] }), secrets, async (given) => (await checkSystems(given, 'none')).checks);
}

/** Opens the store of that address; its tables are not touched. */
export async function tryMysql(invocation: Invocation, secrets: Secrets): Promise<readonly Check[]> {
  const [{ checkStore }, { openConfigured }] = await Promise.all([import('../../console/doctor.ts'), import('../session.ts')]);
  const nobody: NewSystem = { name: 'nobody', vendor: 'vodyanoy', url: 'http://127.0.0.1:9' };
  const all = { ...secrets, NOBODY_TOKEN: 'x' };
  return tried(invocation, configText({ zone: 'UTC', store: 'mysql', systems: [nobody] }), all, (given) =>
    checkStore(() => openConfigured(given.loaded), given),
  );
}

type Given = Parameters<typeof import('../../console/doctor.ts').checkSystems>[0];

async function tried(invocation: Invocation, yaml: string, secrets: Secrets, check: (given: Given) => Promise<readonly Check[]>): Promise<readonly Check[]> {
  const [{ loadConfig }, { CONNECTOR_FACTS }, { scrubber }, { SverkaError }] = await Promise.all([
    import('../../../config/load.ts'),
    import('../../registry.ts'),
    import('../../scrub.ts'),
    import('../../../core/errors.ts'),
  ]);
  const file = join(dirname(resolve(invocation.options.config)), 'sverka.yaml');
  const quiet = (): void => undefined;
  try {
    const loaded = await loadConfig(file, {
      env: { ...invocation.io.env, ...secrets },
      connectors: CONNECTOR_FACTS,
      readFile: async (path) => (path === file ? { text: yaml, mode: 0o600 } : null),
    });
    return await check({
      loaded,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      signal: invocation.signal,
      scrub: scrubber(loaded.secrets),
      ask: async () => null,
    });
  } catch (error) {
    if (!(error instanceof SverkaError)) throw error;
    return [{ what: 'configuration', state: 'bad', detail: `${error.code}: ${error.message}`, hint: error.hint }];
  }
}
