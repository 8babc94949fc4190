/**
 * `npm run build`: bundles the command into `dist/`, the packages it uses included, because finding and reading a thousand small
 * files would take most of the time of a short run. What is imported on demand is a file of its own, and read on demand. It is plain
 * JavaScript, because it runs while the project is being installed.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ENTRY = 'app/cli/main';
/** Native code, and the drivers of other databases that Knex knows: loaded from `node_modules` where they are there. */
const EXTERNAL = ['libsql', 'better-sqlite3', 'mysql', 'mysql2', 'mariadb/callback', 'oracledb', 'pg', 'pg-query-stream', 'sqlite3', 'tedious'];
/** Packages in the older module form ask for Node's own modules in this way. */
const REQUIRE = "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { [ENTRY]: `${ENTRY}.ts` },
  outdir: 'dist',
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  banner: { js: REQUIRE },
  // Names stay, so that a stack trace in a log says something; `node --enable-source-maps` gives the sources' lines.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
});
const kept = new Set(outputFiles.map(({ path }) => path));
for (const { path, contents } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}
// Files of an earlier build, whose names hold what was in them.
for (const entry of readdirSync(join(root, 'dist'), { withFileTypes: true, recursive: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(path)) rmSync(path);
}
