/** What most commands need: the configuration, the store and a log, opened in this order and closed at the end. */
import { resolve } from 'node:path';
import type { Store } from '../../canonical/open.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Progress, RunSetup } from '../../pipeline/setup.ts';
import type { ClosableLogger } from '../logger.ts';
import type { Invocation } from './host.ts';
import type { ShownProgress } from './progress.ts';

export interface Session {
  readonly loaded: LoadedConfig;
  readonly log: ClosableLogger;
  /** Reads the configuration anew. What is secret in it is kept out of the log too, from then on. Throws `ConfigError`. */
  reload(): Promise<LoadedConfig>;
  /** Sends the lines of the log elsewhere: above progress bars. */
  logTo(write: (text: string) => void): void;
}

export interface StoreSession extends Session {
  readonly store: Store;
  /** Opens the systems and compiles the mappings. */
  setup(progress?: ShownProgress): Promise<RunSetup>;
}

/** Settings given on the command line, such as an SMS code. */
export type GivenSettings = Readonly<Record<string, string>>;

export async function readConfig(invocation: Invocation, settings: GivenSettings = {}): Promise<LoadedConfig> {
  const [{ loadConfig }, { readConfigFile }, { CONNECTOR_FACTS }, { scrubber }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../config/files.ts'),
    import('../registry.ts'),
    import('../scrub.ts'),
  ]);
  const loaded = await loadConfig(invocation.options.config, {
    env: invocation.io.env,
    readFile: readConfigFile,
    connectors: CONNECTOR_FACTS,
    settings,
  });
  invocation.guard(scrubber(loaded.secrets));
  return loaded;
}

/** Reads the configuration and opens the log. */
export async function withSession<T>(
  invocation: Invocation,
  settings: GivenSettings,
  fn: (session: Session) => Promise<T>,
  options: { readonly allLines?: boolean } = {},
): Promise<T> {
  const loaded = await readConfig(invocation, settings);
  const [{ createLogger }, { scrubber }] = await Promise.all([import('../logger.ts'), import('../scrub.ts')]);
  const { io } = invocation;
  const secrets = new Set(loaded.secrets);
  let scrub = scrubber(secrets);
  let write = io.err;
  const { level, file } = loaded.config.log;
  const log = createLogger({
    level: invocation.options.verbose ? 'debug' : level,
    allLines: options.allLines === true,
    scrub: (text) => scrub(text),
    terminal: io.errTty,
    write: (text) => write(text),
    ...(file === undefined ? {} : { file: resolve(loaded.directory, file) }),
  });
  try {
    for (const warning of loaded.warnings) log.warn(warning);
    return await fn({
      loaded,
      log,
      async reload() {
        const next = await readConfig(invocation, settings);
        // A run under way still has the old secrets.
        for (const secret of next.secrets) secrets.add(secret);
        scrub = scrubber(secrets);
        invocation.guard(scrub);
        return next;
      },
      logTo: (next) => {
        write = next;
      },
    });
  } finally {
    await log.close();
  }
}

/** Also opens the store. `schema: 'needed'` refuses another schema version, but makes the tables of an empty database. */
export async function withStore<T>(
  invocation: Invocation,
  options: { readonly schema: 'needed' | 'any'; readonly settings?: GivenSettings; readonly allLines?: boolean },
  fn: (session: StoreSession) => Promise<T>,
): Promise<T> {
  const given = options.settings ?? {};
  const use = async (session: Session): Promise<T> => {
    const store = await openConfigured(session.loaded);
    try {
      if (options.schema === 'needed') await readySchema(store, session);
      return await fn({ ...session, store, setup: (progress) => setupOf(invocation, session, store, progress) });
    } finally {
      await store.close();
    }
  };
  return withSession(invocation, given, use, { allLines: options.allLines === true });
}

export async function openConfigured(loaded: LoadedConfig): Promise<Store> {
  const { openStore } = await import('../../canonical/open.ts');
  const { sqlite, mysql } = loaded.config.store;
  if (mysql !== undefined) return openStore({ kind: 'mysql', url: mysql.url, poolSize: mysql.poolSize });
  return openStore({ kind: 'sqlite', file: resolve(loaded.directory, sqlite ?? 'sverka.db') });
}

async function readySchema(store: Store, session: Session): Promise<void> {
  const { assertSchema, schemaStatus, schemaUp } = await import('../../canonical/schema/up.ts');
  const { state } = await schemaStatus(store);
  if (state === 'empty') {
    const { systemClock } = await import('../adapters/clock.ts');
    await schemaUp(store, systemClock);
    session.log.warn('the database was empty: its tables are made');
  } else await assertSchema(store);
}

const NO_PROGRESS: Progress = { reading: () => undefined, step: () => undefined, delivering: () => undefined };

async function setupOf(invocation: Invocation, session: Session, store: Store, progress: ShownProgress | undefined): Promise<RunSetup> {
  const [{ compose }, { systemClock }, { heartbeat }] = await Promise.all([
    import('../compose.ts'),
    import('../adapters/clock.ts'),
    import('../adapters/heartbeat.ts'),
  ]);
  const ask = (question: string): Promise<string | null> => invocation.io.ask(`${question}: `);
  return compose(session.loaded, store, {
    log: session.log,
    signal: invocation.signal,
    ask: (question) => (progress === undefined ? ask(question) : progress.hold(() => ask(question))),
    progress: progress ?? NO_PROGRESS,
    hold: { heartbeat: heartbeat(systemClock), leaseMs: session.loaded.config.serve.leaseSeconds * 1000 },
  });
}
