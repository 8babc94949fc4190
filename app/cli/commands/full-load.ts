/** `sverka sync --full-load`: a dictionary cleared and filled anew in one piece, after a person has typed what it is about. */
import { userInfo } from 'node:os';
import { ConfigError } from '../../../core/errors.ts';
import type { LoadCounts } from '../../../pipeline/load-request.ts';
import type { RunReport } from '../../../pipeline/report.ts';
import type { RunRequest } from '../../../pipeline/request.ts';
import type { Invocation } from '../host.ts';
import type { StoreSession } from '../session.ts';

/** What became of it. Without a report: the person said no, and nothing was sent. */
export interface FullLoadAnswer {
  readonly loaded: boolean;
  readonly counts?: LoadCounts;
  readonly report?: RunReport;
}

/** Plans, shows what a load would do, asks for it in so many words, and sends it. Never asks for it by itself. */
export async function fullLoad(
  invocation: Invocation,
  options: { readonly system: readonly string[]; readonly stream: readonly string[] },
  session: StoreSession,
  runJob: (request: RunRequest) => Promise<RunReport>,
): Promise<FullLoadAnswer> {
  const [system, ...others] = options.system;
  const [stream = 'clients', ...streams] = options.stream;
  if (system === undefined || others.length > 0 || streams.length > 0) {
    throw new ConfigError('CONFIG_USAGE', '--full-load clears one stream of one system', { hint: 'Say sverka sync --full-load --system <name>.' });
  }
  const plan = await runJob({ job: 'plan', full: true });
  if (plan.state === 'failed' || plan.state === 'interrupted') return { loaded: false, report: plan };
  const counts = await countsOf(session, system, stream);
  const phrase = `${system} ${counts.there - counts.dropped + counts.created}`;
  invocation.io.err(`${textOf(system, stream, counts)}\n\n`);
  if (counts.unread > 0) {
    throw new ConfigError(
      'LOAD_REFUSED',
      `${system}: ${counts.unread} of ${counts.there} records could not be put back: they are set aside, or were never read`,
    );
  }
  const said = await invocation.io.ask(`Type "${phrase}" to send it, anything else to leave everything as it is: `);
  if (said === null) {
    throw new ConfigError('CONFIG_USAGE', 'a full load has to be confirmed by a person, and there is no terminal to ask on', {
      hint: 'Run it on a terminal; no option stands in for what has to be typed.',
    });
  }
  if (said.trim() !== phrase) return { loaded: false, counts };
  const report = await runJob({
    job: 'apply',
    systems: [system],
    streams: [stream],
    full: true,
    approvedBy: userInfo().username,
    load: { system, stream, confirmed: counts },
  });
  return { loaded: report.problems.length === 0, counts, report };
}

async function countsOf(session: StoreSession, name: string, stream: string): Promise<LoadCounts> {
  const { countLoad } = await import('../../../pipeline/deliver/full-load.ts');
  const setup = await session.setup();
  const system = setup.systems.find((one) => one.name === name);
  if (system === undefined) throw new ConfigError('CONFIG_USAGE', `there is no system "${name}"`);
  return countLoad(session.store.db, system, stream, setup.clock.now(), ['proposed', 'ready', 'retry']);
}

function textOf(system: string, stream: string, counts: LoadCounts): string {
  const lost = Object.entries(counts.lost).map(([field, count]) => `  ${count} records hold ${field}, which cannot be put back and will be lost`);
  return [
    `${system}: all ${counts.there} ${stream} are cleared, and ${counts.there - counts.dropped + counts.created} are loaded in one piece:`,
    `  ${counts.there - counts.dropped - counts.changed} as they are, ${counts.changed} changed, ${counts.created} new; ${counts.dropped} are left out`,
    ...lost,
    'What somebody enters there between this reading and the load is lost.',
  ].join('\n');
}
