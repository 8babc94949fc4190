/** What a Tab offers: asked of the command as the scripts ask it, and of a real bash. */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../app/project.ts';
import { here, temporary } from './support.ts';

const place = temporary();
beforeAll(() => {
  // Not a whole configuration: a Tab does not ask for more than the names.
  writeFileSync(join(place.path, 'sverka.yaml'), 'systems:\n  shop: { vendor: nobody }\n  tills: {}\n  "$(id)": {}\n');
});
afterAll(() => place.remove());

async function offered(...words: readonly string[]): Promise<string[]> {
  const { code, stdout } = await here(['completion', '--words', ...words.map((word) => `=${word}`)], { cwd: place.path });
  expect(code).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] ?? '');
}

test('commands, options, and the names of systems and streams', async () => {
  expect(await offered('m')).toEqual(['migrate', 'mapping']);
  expect(await offered('client', '')).toContain('explain');
  expect(await offered('migrate', '--fr')).toEqual(['--from']);
  expect(await offered('migrate', '--from', '')).toEqual(['shop', 'tills']);
  expect(await offered('migrate', '--from', 'shop', '--to', 't')).toEqual(['tills']);
  expect(await offered('-c', 'other.yaml', 'sync', '--stream', 'c')).toEqual(['clients', 'cards', 'card-types']);
  expect(await offered('mapping', 'loss', '')).toEqual(['shop', 'tills']);
  expect(await offered('sync', '--')).toEqual(expect.arrayContaining(['--system', '--json', '--help']));
  expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered('sync', '--since', '')).toEqual([]);
});

test('the script for bash completes', async () => {
  const { stdout } = await here(['completion', 'bash'], { cwd: place.path });
  const command = join(place.path, 'sverka');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(projectRoot(), 'dist/app/cli/main.js')}' "$@"\n`);
  chmodSync(command, 0o700);
  const script = `${stdout}\nCOMP_WORDS=(sverka migrate --from ''); COMP_CWORD=3; _sverka; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['-c', script], {
    cwd: place.path,
    env: { PATH: `${place.path}${delimiter}${process.env['PATH'] ?? ''}` },
    encoding: 'utf8',
  });
  expect(said.trim().split('\n')).toEqual(['shop', 'tills']);
});

test.each(['zsh', 'fish'])('there is a script for %s', async (shell) => {
  const { code, stdout } = await here(['completion', shell], { cwd: place.path });
  expect(code).toBe(0);
  expect(stdout).toMatch(/sverka completion --words/);
});
