/** Takes `POST /jobs/<name>` from those who know the job's token, and notes the job as due: a hint to do what it would do anyway. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { setDue } from '../../canonical/stores/jobs.ts';
import { SverkaError } from '../../core/errors.ts';
import { bind, hostAndPort } from '../adapters/bind.ts';
import { jobsOf } from '../scheduler/job.ts';
import type { ServeContext, Service } from './service.ts';
import { takeOver } from './take-over.ts';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** A body says nothing that is needed; one that is larger than this is no callback. */
const MOST_BYTES = 4096;
const LONGEST_MS = 10_000;

export function callbacks(context: ServeContext): Service | null {
  if (Object.values(context.config().config.jobs).every((job) => job.trigger?.callback === undefined)) return null;
  const { callbacks: address } = context.config().config.serve;
  return { name: 'callbacks', start: (signal) => listen(context, address, signal) };
}

async function listen(context: ServeContext, address: string, signal: AbortSignal): Promise<void> {
  const server = createServer({ requestTimeout: LONGEST_MS, headersTimeout: LONGEST_MS, keepAliveTimeout: 1000, maxHeaderSize: 8192 }, (request, response) => {
    take(context, request).then(
      ({ status, body }) => {
        // What was not read of a body that is too large is not waited for.
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
        response.end(`${JSON.stringify(body)}\n`);
      },
      () => response.destroy(),
    );
  });
  server.maxConnections = 100;
  const open = async (): Promise<true> => {
    await bind(server, 'callbacks', hostAndPort(address));
    return true;
  };
  if ((await takeOver(open, context, signal)) === null) return;
  context.log.info('callbacks are taken', { address });
  await new Promise<void>((resolve) => {
    const close = (): void => {
      server.close(() => resolve());
      server.closeAllConnections();
    };
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
  });
}

async function take(context: ServeContext, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const name = /^\/jobs\/([a-z][a-z0-9-]{0,39})$/.exec(path)?.[1];
  if (name === undefined) return { status: 404, body: { error: 'there is nothing here; POST /jobs/<name> starts a job' } };
  if (request.method !== 'POST') return { status: 405, body: { error: 'POST starts a job' } };
  const job = jobsOf(context.config()).find((one) => one.name === name);
  // A job that cannot be called and one that does not exist look the same to who does not know a token.
  if (job?.token == null || !isToken(request.headers.authorization ?? '', job.token)) return { status: 401, body: { error: 'the token is missing or wrong' } };
  if (!(await isSmall(request))) return { status: 413, body: { error: 'a callback needs no body' } };
  try {
    const fresh = await setDue(context.store.db, name, context.clock.now(), 'callback');
    context.log.info('a callback came', { job: name, waits: !fresh });
    context.wake();
    return { status: 202, body: { job: name, state: fresh ? 'due' : 'due already' } };
  } catch (error) {
    if (!(error instanceof SverkaError)) throw error;
    context.log.error('a callback could not be noted', { job: name, code: error.code });
    return { status: 503, body: { error: 'the store cannot be reached; call again' } };
  }
}

/** Takes as long for a wrong token as for the right one. */
function isToken(header: string, token: string): boolean {
  const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digestOf(header), digestOf(`Bearer ${token}`));
}

async function isSmall(request: IncomingMessage): Promise<boolean> {
  let size = 0;
  for await (const piece of request) {
    size += (piece as Buffer).length;
    if (size > MOST_BYTES) return false;
  }
  return true;
}
