/** The moment in which a request leaves: until then nothing has reached the vendor. */
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** Leave to reach vendors. Another process may have it by the time that a request goes. */
export interface Permit {
  /** Asked before anything is sent; what it throws is thrown, and nothing was sent. */
  ask(): Promise<void>;
  /** Whether it still stands. Asked when the connection is there: a process may have stood still since the permit was given. */
  stands(): boolean;
}

export interface Sending {
  /** Something may have reached the vendor. */
  sent(): boolean;
  /** The permit was gone at the last moment; nothing was sent. */
  withheld(): boolean;
}

/** Watches the request of a stream of got's, and stops it where its permit is gone. Nothing can have been sent before the connection (and its TLS) stood. */
export function watchSending(stream: NodeJS.EventEmitter, permit: Permit | undefined): Sending {
  let sent = false;
  let withheld = false;
  stream.once('request', (request: ClientRequest) => {
    const stands = (): boolean => {
      if (!withheld && permit?.stands() === false) {
        withheld = true;
        request.destroy();
      }
      return !withheld;
    };
    // Node writes what it holds back right after these events.
    const leave = (): void => {
      sent ||= stands();
    };
    request.once('socket', (socket: Socket & { encrypted?: boolean; secureConnecting?: boolean }) => {
      if (!socket.connecting && socket.secureConnecting !== true) return leave();
      if (socket.encrypted !== true) return void socket.once('connect', leave);
      socket.once('connect', stands);
      socket.once('secureConnect', leave);
    });
  });
  return { sent: () => sent, withheld: () => withheld };
}
