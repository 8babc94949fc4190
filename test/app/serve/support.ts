/** What a service of `sverka serve` is given, in a test of that service alone. */
import type { ServeContext } from '../../../app/serve/service.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import type { Config } from '../../../config/schema/config.ts';
import { QUIET } from '../../scheduler/support.ts';

type Given = Pick<ServeContext, 'store' | 'clock'> & Partial<Pick<ServeContext, 'stuck'>> & { readonly config: Config };

/** `listening` comes once the service says that it listens. */
export function serviceContext({ store, clock, config, stuck = () => null }: Given): { readonly context: ServeContext; readonly listening: Promise<void> } {
  const { promise: listening, resolve } = promised();
  const context: ServeContext = {
    store,
    clock,
    log: { ...QUIET, info: () => resolve() },
    config: () => ({ config, directory: '/' }) as LoadedConfig,
    changed: () => new AbortController().signal,
    wake: () => undefined,
    stuck,
  };
  return { context, listening };
}

function promised(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
