/** Begins to listen at an address. */
import type { Server } from 'node:net';
import { ConfigError } from '../../core/errors.ts';

/** Throws `ConfigError` (LISTEN_FAILED) where the address cannot be used; its cause has the system's code. `what` names who wants it. */
export function bind(server: Server, what: string, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      // A server may be asked again and again until the address is free.
      server.off('listening', listening);
      reject(
        new ConfigError('LISTEN_FAILED', `${what}: cannot listen at ${host.includes(':') ? `[${host}]` : host}:${port} (${cause.code ?? cause.name})`, {
          cause,
        }),
      );
    };
    const listening = (): void => {
      server.off('error', refuse);
      resolve();
    };
    server.once('error', refuse);
    server.once('listening', listening);
    server.listen(port, host);
  });
}

/** Parts of `host:port` or `[::1]:port`, as the configuration's schema lets them pass. */
export function hostAndPort(address: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return { host, port: Number(port) };
}

/** Whether a failure to listen means that somebody listens there already. */
export function isInUse(error: unknown): boolean {
  return error instanceof ConfigError && error.code === 'LISTEN_FAILED' && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';
}
