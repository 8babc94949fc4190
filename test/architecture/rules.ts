/** The rules of the architecture: who may import whom, who may reach into the world, how long a file may be. */
import type { Module } from './modules.ts';

export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

export interface Project {
  readonly modules: readonly Module[];
  /** Names of `dependencies` and of `devDependencies`. */
  readonly packages: ReadonlySet<string>;
  readonly devPackages: ReadonlySet<string>;
  /** Names of the vendors, in lower case. */
  readonly vendors: readonly string[];
}

type Zone = 'core' | 'engine' | 'connectors' | 'canonical' | 'config' | 'pipeline' | 'sandbox' | 'app' | 'simulation' | 'outside';

/** Rows import columns; a zone always imports itself. */
const MATRIX: Readonly<Record<Zone, readonly Zone[]>> = {
  core: [],
  engine: ['core'],
  config: ['core'],
  canonical: ['core'],
  connectors: ['core'],
  pipeline: ['core', 'engine', 'canonical'],
  sandbox: [],
  app: ['core', 'engine', 'connectors', 'canonical', 'config', 'pipeline', 'sandbox'],
  simulation: ['core', 'engine', 'connectors', 'canonical', 'config', 'pipeline', 'sandbox', 'app'],
  outside: ['core', 'engine', 'connectors', 'canonical', 'config', 'pipeline', 'sandbox', 'app', 'simulation'],
};

const FOLDERS: Readonly<Record<string, Zone>> = {
  'core/': 'core',
  'mappings/engine/': 'engine',
  'connectors/': 'connectors',
  'canonical/': 'canonical',
  'config/': 'config',
  'pipeline/': 'pipeline',
  'sandbox/': 'sandbox',
  'app/': 'app',
  'simulation/': 'simulation',
  'bench/': 'outside',
  'test/': 'outside',
};

/** Zones in which time, timers and randomness are at hand; elsewhere they are handed in. */
const WORLDLY: readonly Zone[] = ['app', 'sandbox', 'simulation', 'outside'];
const WORLD =
  /^(Date\.now|Math\.random|performance\.now|process\.hrtime|setTimeout|setInterval|new Date\(\)|crypto\.randomUUID|(node:)?(crypto|perf_hooks) .*)$/;

/** No file is longer; think hard before one gets near. */
const MAX_LINES = 400;
/** The contract of a connector is one page. */
const CONTRACT = { path: 'core/contract.ts', lines: 220 };

/** Zone of a path; null where nothing of ours may stand. */
export function zoneOf(path: string): Zone | null {
  const folder = Object.keys(FOLDERS).find((prefix) => path.startsWith(prefix));
  if (folder !== undefined) return FOLDERS[folder] ?? null;
  return /^[a-z-]+\.config\.ts$/.test(path) ? 'outside' : null;
}

export function violationsOf(project: Project): Violation[] {
  const known = new Set(project.modules.map((module) => module.path));
  return [
    ...project.modules.flatMap((module) => [...importsOf(module, project, known), ...worldOf(module), ...formOf(module, project)]),
    ...cyclesOf(project.modules).map((cycle) => ({ rule: 'cycle', path: cycle[0] ?? '', line: 1, what: cycle.join(' → ') })),
  ];
}

function importsOf(module: Module, project: Project, known: ReadonlySet<string>): Violation[] {
  const zone = zoneOf(module.path);
  if (zone === null) return [{ rule: 'folder', path: module.path, line: 1, what: 'stands in no folder of the design' }];
  return module.imports.flatMap(({ specifier, target, line }) => {
    const fault = specifier === null ? computed(zone) : target === null ? packageFault(zone, specifier, project) : fileFault(module.path, zone, target, known);
    return fault === null ? [] : [{ ...fault, path: module.path, line }];
  });
}

type Fault = Pick<Violation, 'rule' | 'what'>;

const computed = (zone: Zone): Fault | null => (zone === 'outside' ? null : { rule: 'computed-import', what: 'imports a path that is computed' });

function packageFault(zone: Zone, specifier: string, { packages, devPackages }: Project): Fault | null {
  if (specifier.startsWith('node:')) return null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (name === 'knex' && zone !== 'canonical') return { rule: 'knex', what: 'only canonical/ imports knex' };
  if (packages.has(name) || (zone === 'outside' && devPackages.has(name))) return null;
  return { rule: 'dependency', what: `${name} is not in ${zone === 'outside' ? 'package.json' : 'dependencies'}` };
}

function fileFault(path: string, zone: Zone, target: string, known: ReadonlySet<string>): Fault | null {
  if (!target.endsWith('.ts') || !known.has(target)) return { rule: 'unresolved', what: `${target} is no source file` };
  const to = zoneOf(target);
  if (to === null) return { rule: 'matrix', what: `imports ${target}` };
  if (to === 'sandbox' && (zone === 'app' || zone === 'simulation') && target !== 'sandbox/index.ts')
    return { rule: 'matrix', what: `imports ${target}: the sandbox is entered by its index.ts` };
  if (zone === 'connectors' && to === 'connectors') {
    const [own, other] = [folderOf(path), folderOf(target)];
    return other === own || other === 'shared' ? null : { rule: 'matrix', what: `${own} imports ${target}: connectors share only connectors/shared` };
  }
  return to === zone || MATRIX[zone].includes(to) ? null : { rule: 'matrix', what: `${zone} imports ${target}` };
}

const folderOf = (path: string): string => path.split('/')[1] ?? '';

function worldOf(module: Module): Violation[] {
  const zone = zoneOf(module.path);
  return module.uses.flatMap(({ word, line }) => {
    const at = { path: module.path, line, what: word };
    if (word === 'process.env') return zone === 'config' || zone === 'outside' ? [] : [{ ...at, rule: 'environment' }];
    if (WORLD.test(word)) return zone !== null && WORLDLY.includes(zone) ? [] : [{ ...at, rule: 'world' }];
    return zone === 'sandbox' || zone === 'outside' ? [] : [{ ...at, rule: 'bare-error' }];
  });
}

function formOf(module: Module, { vendors }: Project): Violation[] {
  const { path, text } = module;
  const found: Violation[] = [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > MAX_LINES) found.push({ rule: 'length', path, line: MAX_LINES, what: `${lines} lines` });
  if (path === CONTRACT.path && lines > CONTRACT.lines)
    found.push({ rule: 'length', path, line: CONTRACT.lines, what: `${lines} lines; the contract is one page` });
  if (!/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.ts$/.test(path))
    found.push({ rule: 'name', path, line: 1, what: 'is not in kebab-case' });
  if (!path.endsWith('.config.ts')) for (const line of module.defaultExports) found.push({ rule: 'default-export', path, line, what: 'exports a default' });
  if (/^(pipeline|canonical)\//.test(path)) {
    text.split('\n').forEach((said, index) => {
      const vendor = vendors.find((name) => said.toLowerCase().includes(name));
      if (vendor !== undefined) found.push({ rule: 'vendor', path, line: index + 1, what: `speaks of ${vendor}` });
    });
  }
  return found;
}

/** Cycles of imports, types included: each as the files on it, the first one again at the end. */
export function cyclesOf(modules: readonly Module[]): string[][] {
  const targets = new Map(modules.map((module) => [module.path, module.imports.flatMap(({ target }) => target ?? [])]));
  const done = new Set<string>();
  const trail: string[] = [];
  const cycles: string[][] = [];
  const walk = (path: string): void => {
    const at = trail.indexOf(path);
    if (at !== -1) cycles.push([...trail.slice(at), path]);
    if (at !== -1 || done.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path) ?? []) walk(target);
    trail.pop();
    done.add(path);
  };
  for (const module of modules) walk(module.path);
  return cycles;
}
