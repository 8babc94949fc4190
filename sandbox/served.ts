import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxAnswer } from './shared/answers.ts';
import { type Fault, Faults } from './shared/faults.ts';
import { type Clock, type LoggedRequest, type Machine, type SandboxRequest, SandboxServer } from './shared/server.ts';

/** A vendor machine with a server of its own around it. */
export abstract class ServedMachine implements Machine {
  /** What the server is to do wrong. */
  readonly faults = new Faults();
  protected readonly clock: Clock;
  private readonly server: SandboxServer;

  constructor(clock: Clock) {
    this.clock = clock;
    this.server = new SandboxServer(this, this.faults, clock);
  }

  abstract answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer;

  /** A listener for `http.createServer`. */
  handler(): (request: IncomingMessage, response: ServerResponse) => void {
    return this.server.handler();
  }

  /** Listens on 127.0.0.1; without a port on a free one. */
  start(port = 0): Promise<{ url: string; port: number }> {
    return this.server.start(port);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The log of requests, without secrets. */
  get requests(): LoggedRequest[] {
    return this.server.requests;
  }
}
