/** The pages say what is so: links lead somewhere, commands exist, the table of dependencies is that of package.json. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../app/cli/program.ts';
import { manifest, ROOT } from './architecture/project.ts';

const PAGES = [
  'README.md',
  'README.ru.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const DECISIONS = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Headings as anchors, the way they are made on code hosts. */
function anchorsOf(page: string): Set<string> {
  const headings = read(page).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  const broken: string[] = [];
  for (const [, link = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(link)) continue;
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, file)) || (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor))) broken.push(link);
  }
  expect(broken).toEqual([]);
});

const PATH = /`((?:core|connectors|mappings|canonical|pipeline|config|sandbox|app|bench|test|docs)\/[\w./-]+)`/g;

test.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/dependencies.md', ...DECISIONS.map((name) => `docs/decisions/${name}`)])(
  'every path that %s names exists',
  (page) => {
    const named = [...read(page).matchAll(PATH)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  },
);

function commandsOf(command: Command): string[] {
  return command.commands.flatMap((child) => [child.name(), ...commandsOf(child).map((name) => `${child.name()} ${name}`)]);
}

const program = buildProgram(() => async () => undefined, { out: () => undefined, err: () => undefined } as unknown as Parameters<typeof buildProgram>[1]);

test('every command is in the table of the README, and every command there exists', () => {
  const rows = read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| `sverka '))
    .flatMap((line) => {
      const [group = '', first] = (/^\| `sverka ([a-z ]+)`/.exec(line)?.[1] ?? '').split(' ');
      const more = [...(/^\|[^|]*\|/.exec(line)?.[0] ?? '').matchAll(/, `([a-z-]+)`/g)].map(([, name]) => `${group} ${name}`);
      return first === undefined ? [group] : [`${group} ${first}`, ...more];
    });
  const all = commandsOf(program);
  const leaves = all.filter((name) => !all.some((other) => other.startsWith(`${name} `)));
  expect(rows.sort()).toEqual(leaves.sort());
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/configuration.md', 'docs/errors.md'])('every command and option that %s names exists', (page) => {
  const known = new Set(commandsOf(program));
  const text = read(page);
  const named = [...text.matchAll(/(?:`|^)sverka ([a-z]+)(?: ([a-z]+))?/gm)].filter(([, first]) => first !== 'help');
  expect(
    named
      .filter(([, first = '', second]) => !known.has(first) || (second !== undefined && isGroup(first) && !known.has(`${first} ${second}`)))
      .map(([said]) => said),
  ).toEqual([]);
  const options = new Set(optionsOf(program));
  const said = [...text.matchAll(/sverka [a-z ]*(--[a-z-]+)/g)].map(([, option = '']) => option);
  expect(said.filter((option) => !options.has(option))).toEqual([]);
});

const isGroup = (name: string): boolean => (program.commands.find((command) => command.name() === name)?.commands.length ?? 0) > 0;
const optionsOf = (command: Command): string[] => ['--help', ...command.options.flatMap((option) => option.long ?? []), ...command.commands.flatMap(optionsOf)];

test('the two command lines of the README, and the scripts that pages name, exist', () => {
  expect(read('README.md')).toContain('\nnpm ci && npm run demo\n');
  expect(read('README.md')).toContain('\nnpm ci && npm test\n');
  const { scripts } = manifest();
  const named = PAGES.flatMap((page) => [...read(page).matchAll(/npm run (?:--silent )?([a-z-]+)/g)].map(([, name = '']) => name));
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('the table of dependencies is that of package.json', () => {
  const [runtime = '', development = ''] = read('docs/dependencies.md').split('## For work on it');
  const { dependencies, devDependencies } = manifest();
  expect(tableOf(runtime)).toEqual(dependencies);
  expect(tableOf(development.split('## ')[0] ?? '')).toEqual(devDependencies);
});

function tableOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| [^|]+ \|/gm)].map(([, name, version = '']) => [name, version.trim()]));
}

test('licences are those that the packages declare', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|/gm)];
  expect(rows.length).toBeGreaterThan(15);
  for (const [, name = '', licence = ''] of rows) {
    const { license }: { license?: unknown } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
    expect([name, licence.trim()]).toEqual([name, license]);
  }
});

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"');
});

test('decisions carry their dates, in their names and below their titles, and are listed', () => {
  expect(DECISIONS.length).toBeGreaterThan(0);
  const list = read('docs/decisions/README.md');
  for (const name of DECISIONS) {
    const date = /^(\d{4}-\d{2}-\d{2})-[a-z0-9-]+\.md$/.exec(name)?.[1];
    expect([name, date]).not.toEqual([name, undefined]);
    const [title = '', , second] = read(`docs/decisions/${name}`).split('\n');
    expect([name, second]).toEqual([name, date]);
    expect(list).toContain(`- ${date}: [${title.replace(/^# /, '')}](${name})`);
  }
});
