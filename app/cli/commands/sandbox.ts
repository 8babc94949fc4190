/** `sverka sandbox`: the four vendors on loopback, for trials by hand. */
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import type { RunningSandbox } from '../../../sandbox/index.ts';
import { withSchemaLine } from '../../schema-line.ts';
import { envText } from '../env-text.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { sandboxConfig } from '../sandbox-config.ts';
import { assertWritable, makeDirectory, writePrivate } from '../write-file.ts';

interface SandboxOptions {
  readonly people: number;
  readonly seed: number;
  readonly port: number;
  readonly write?: string;
  readonly artixDirectory?: string;
  readonly force: boolean;
}

export function sandboxCommand(run: Runner): Command {
  const command = new Command('sandbox')
    .description('Start the four vendors on loopback, filled with made-up people, and print a configuration that points at them. Runs until Ctrl-C.')
    .option('--people <n>', 'how many people', parseNumber, 100)
    .option('--seed <n>', 'other people with another seed', parseNumber, 1)
    .option('--port <n>', 'first of four ports; 0: free ones', parseNumber, 7101)
    .option('--write <directory>', 'write the configuration (sverka.yaml) and its secrets (.env) there')
    .option('--artix-directory <directory>', 'exchange directory of Artix; without it there is no file route')
    .option('--force', 'replace files that are there', false);
  return withExample(command.action(run(sandbox)), 'sverka sandbox --people 50', 'sverka sandbox --port 0 --write ./trial');
}

async function sandbox(invocation: Invocation, options: SandboxOptions): Promise<Answer> {
  const { io, signal } = invocation;
  const running = await start(options);
  try {
    const { yaml, env } = sandboxConfig(running);
    const file = options.write === undefined ? null : await writeConfig(options.write, yaml, env, options.force);
    if (invocation.options.json) io.out(`${JSON.stringify({ ...addresses(running), config: yaml, env, file })}\n`);
    else io.out(`${textOf(running, yaml, env, file)}\n`);
    await aborted(signal);
    return { code: 0, data: undefined, text: invocation.options.json ? '' : 'stopped' };
  } finally {
    await running.stop();
  }
}

async function start(options: SandboxOptions): Promise<RunningSandbox> {
  const { startSandbox } = await import('../../../sandbox/index.ts');
  const { people, seed, port, artixDirectory } = options;
  const ports = port === 0 ? {} : { virtualpos: port, artix: port + 1, lotinfo: port + 2, vodyanoy: port + 3 };
  if (artixDirectory !== undefined) await makeDirectory(artixDirectory);
  try {
    return await startSandbox({
      people,
      seed,
      ports,
      ...(artixDirectory === undefined ? {} : { artixDirectory: resolve(artixDirectory) }),
    });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'ERR_SOCKET_BAD_PORT') throw cause;
    throw new ConfigError('CONFIG_USAGE', `one of the ports ${port} to ${port + 3} cannot be used (${code})`, {
      cause,
      hint: 'Say --port 0 for free ports, or another first port.',
    });
  }
}

/** Writes `sverka.yaml` and `.env`; answers the path of the first. */
export async function writeConfig(directory: string, yaml: string, env: Readonly<Record<string, string>>, replace: boolean): Promise<string> {
  const into = resolve(directory);
  await makeDirectory(into);
  const file = join(into, 'sverka.yaml');
  await assertWritable([file, join(into, '.env')], { replace });
  await writePrivate(join(into, '.env'), envText(env), { replace });
  await writePrivate(file, withSchemaLine(yaml, 'config', into), { replace });
  return file;
}

function addresses(running: RunningSandbox): Record<string, unknown> {
  const { virtualpos, artix, lotinfo, vodyanoy } = running;
  return {
    virtualpos: { url: virtualpos.url, apikey: virtualpos.apikey },
    artix: {
      csUrl: artix.csUrl,
      accUrl: artix.accUrl,
      aifUrl: artix.aifUrl,
      login: artix.login,
      password: artix.password,
      directory: artix.directory ?? null,
    },
    lotinfo: { url: `${lotinfo.url}/v1/`, token: lotinfo.token, code: String(lotinfo.code) },
    vodyanoy: { url: vodyanoy.url, token: vodyanoy.token },
  };
}

function textOf(running: RunningSandbox, yaml: string, env: Readonly<Record<string, string>>, file: string | null): string {
  const { virtualpos, artix, lotinfo, vodyanoy, people } = running;
  return [
    `The four vendors are up, with ${people.length} people. Their keys are no secrets: everything here is made up.`,
    `  VirtualPOS  ${virtualpos.url}    apikey ${virtualpos.apikey}`,
    `  Artix       ${artix.csUrl}, ${artix.accUrl}, ${artix.aifUrl} and ${artix.url}/ (online cards)    login ${artix.login}, password ${artix.password}${artix.directory === undefined ? '' : `, files in ${artix.directory}`}`,
    `  Lotinfo     ${lotinfo.url}/v1/    token ${lotinfo.token}, SMS code ${lotinfo.code}`,
    `  Vodyanoy    ${vodyanoy.url}    token ${vodyanoy.token}`,
    '',
    ...(file === null
      ? [
          'A configuration that points at them (save it as sverka.yaml, and the lines below it as .env beside it; or say --write ./trial):',
          '',
          yaml,
          '# .env',
          envText(env),
        ]
      : [`The configuration is written. In another terminal:`, `  sverka doctor --config ${file}`, `  sverka sync --config ${file}`]),
    'Ctrl-C stops them.',
  ].join('\n');
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
