/** Names this process for a lease, and finds out whether the process of another name is gone. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

export interface Owner {
  readonly name: string;
  isGone(name: string): boolean;
}

const NAME = /^(.+)\/(\d+)\/[0-9a-f-]+$/;

/** `host/pid/uuid`. Only a process of this host that does not run any more is certainly gone. */
export function processOwner(): Owner {
  return {
    name: `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
    isGone(name) {
      const match = NAME.exec(name);
      if (match === null || match[1] !== hostname()) return false;
      const pid = Number(match[2]);
      if (pid === process.pid) return false;
      try {
        process.kill(pid, 0);
        return false;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'ESRCH';
      }
    },
  };
}
