/**
 * `npm run build`: bundles the command into `dist/`, the packages it uses included, because finding and reading a thousand small
 * files would take most of the time of a short run; and runs it once, to keep what V8 makes of it (app/launch). It is plain
 * JavaScript, because it runs while the project is being installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Native code, and the drivers of other databases that Knex knows: loaded from `node_modules` where they are there. */
const EXTERNAL = ['libsql', 'better-sqlite3', 'mysql', 'mysql2', 'mariadb/callback', 'oracledb', 'pg', 'pg-query-stream', 'sqlite3', 'tedious'];

/**
 * The program is read byte by byte, a third of the time that decoding would take; esbuild writes ASCII only, but for regular expressions,
 * which it leaves as they are. So they come to it as escapes, with what else is not ASCII.
 */
const ascii = {
  name: 'ascii',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (Buffer.byteLength(source) === source.length) return undefined;
      return { contents: escaped(source.replace(/^\uFEFF/, '')), loader: path.endsWith('ts') ? 'ts' : 'js' };
    });
  },
};

/** A character that is escaped needlessly loses its backslash, which would take the one before `u` with it. White space may stand in code, and stays. */
function escaped(source) {
  return source.replace(/\\(\p{ASCII})|\\?([^\p{ASCII}\s])/gu, (pair, _, character) => {
    if (character === undefined) return pair;
    return character.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  });
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const options = {
  absWorkingDir: root,
  outdir: 'dist',
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Names stay, so that a stack trace in a log says something; `node --enable-source-maps` gives the sources' lines.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
};
const { outputFiles: program } = await build({
  ...options,
  entryPoints: { program: 'app/cli/main.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  external: EXTERNAL,
  plugins: [ascii],
  define: { 'import.meta.url': 'programUrl' },
  // The value of the script, and what is exported where it is loaded as a module.
  banner: { js: "(typeof module === 'object' ? module : {}).exports = (function (require, filename) { const programUrl = require('node:url').pathToFileURL(filename).href, module = { exports: {} };" },
  footer: { js: '});' },
});
const { contents: code } = program.find(({ path }) => path.endsWith('.cjs'));
if (code.some((byte) => byte > 0x7f)) throw new Error('The program holds something else than ASCII, and would be read wrongly: escape it in the source.');
const digest = createHash('sha256').update(code).digest('hex');
const { outputFiles: launchers } = await build({
  ...options,
  entryPoints: { 'app/cli/main': 'app/launch/main.ts', 'app/launch/keep-code': 'app/launch/keep-code.ts' },
  format: 'esm',
  define: { PROGRAM_DIGEST: JSON.stringify(digest) },
});
const files = [...program, ...launchers];
const kept = new Set(files.map(({ path }) => path));
// Files of an earlier build, and what was compiled of it. Another build may be doing the same.
mkdirSync(join(root, 'dist'), { recursive: true });
for (const entry of readdirSync(join(root, 'dist'), { withFileTypes: true, recursive: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(path)) rmSync(path, { force: true });
}
for (const { path, contents } of files) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}
const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/app/launch/keep-code.js')], { cwd: root, encoding: 'utf8', timeout: 60_000 });
if (status !== 0) console.warn(`The compiled code was not kept; commands start some tenths of a second later.\n${stderr}`);
