/** `sverka doctor`: does all of it work, and what is to be done. */
import { Command } from 'commander';
import type { Check } from '../../console/check.ts';
import type { WhoGetsWhat } from '../../console/doctor.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { openConfigured, withSession } from '../session.ts';

export function doctorCommand(run: Runner): Command {
  const command = new Command('doctor')
    .description('Check the configuration, the store, every system and every mapping; show who gets what.')
    .option('--code <code>', 'the SMS code that reading Lotinfo needs');
  return withExample(command.action(run(doctor)), 'sverka doctor');
}

export async function doctor(invocation: Invocation, options: { readonly code?: string }): Promise<Answer> {
  return withSession(invocation, options.code === undefined ? {} : { code: options.code }, async ({ loaded, log }) => {
    const { checkAllMappings, checkPending, checkStore, checkSystems } = await import('../../console/doctor.ts');
    const { scrubber } = await import('../../scrub.ts');
    // Doctor never asks for an SMS code: it says that one is needed.
    const given = { loaded, log, signal: invocation.signal, scrub: scrubber(loaded.secrets), ask: async () => null };
    const mappings = await checkAllMappings(loaded);
    const store = await checkStore(() => openConfigured(loaded), given);
    // Doctor's calls are calls like any other: counted with those of all processes, and none to a system that is paused.
    const shared = store.some((check) => check.what === 'schema' && check.state === 'good') ? await openConfigured(loaded) : undefined;
    const callsBy = shared ?? (store.some((check) => check.state === 'bad') ? 'unreadable' : 'none');
    const systems = mappings.every((check) => check.state !== 'bad') ? await checkSystems(given, callsBy) : { checks: [], table: [] };
    const pending = shared === undefined ? [] : await checkPending(shared, loaded);
    await shared?.close();
    const config: Check = { what: 'configuration', state: 'good', detail: loaded.file };
    const warnings = loaded.warnings.map((warning): Check => ({ what: 'configuration', state: 'note', detail: warning }));
    const checks = [config, ...warnings, ...store, ...mappings, ...pending, ...systems.checks];
    const good = checks.every((check) => check.state !== 'bad');
    const code = good ? 0 : checks.some((check) => check.wrongConfig === true) ? 2 : 1;
    return { code, data: { checks, whoGetsWhat: systems.table }, text: await textOf(checks, systems.table, good) };
  });
}

async function textOf(checks: readonly Check[], table: readonly WhoGetsWhat[], good: boolean): Promise<string> {
  const { blocks, section, table: format } = await import('../output/table.ts');
  const { default: paint } = await import('picocolors');
  const { escapeForTerminal } = await import('../../../core/redact.ts');
  const mark = { good: paint.green('ok  '), note: paint.yellow('note'), bad: paint.red('BAD ') };
  const lines = checks.map(
    (check) =>
      `${mark[check.state]}  ${check.what.padEnd(14)} ${escapeForTerminal(check.detail)}${check.hint === undefined ? '' : `\n${' '.repeat(21)}${paint.dim(escapeForTerminal(check.hint))}`}`,
  );
  const who = format(
    ['system', 'stream', 'pull', 'push', 'create', 'update', 'delete', 'the vendor can'],
    table.map((row) => [row.system, row.stream, row.pull, row.push, row.create, row.update, row.delete, row.able]),
  );
  const next = good
    ? 'All is well. Next: `sverka plan` shows what would be changed; `sverka sync` does it.'
    : 'Mend what is marked BAD, then run `sverka doctor` again.';
  return blocks(lines.join('\n'), section('Who gets what', who), next);
}
