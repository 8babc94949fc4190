/**
 * The bundled program, `dist/program.cjs`: one function around all modules of Sverka. Beside it lies what V8 made of it when it was built
 * (`dist/program.cache`), so that a short run need not read six megabytes of source anew. V8 refuses what another version, or one with other
 * flags, has made, and the stamp before it what was made of another program; the source is then compiled as any other.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

type Program = (require: NodeJS.Require, filename: string) => void;

/** Digest of the program, put in by the build. */
declare const PROGRAM_DIGEST: string;

const PROGRAM = fileURLToPath(new URL('../../program.cjs', import.meta.url));
export const CODE_CACHE = fileURLToPath(new URL('../../program.cache', import.meta.url));

/**
 * What the kept code begins with: of which program it was made, and by whom. V8 tells programs apart by their length only, and kinds of
 * processors not at all. As long as lets V8 use what follows in its place.
 */
const STAMP = Buffer.from(`${PROGRAM_DIGEST} ${process.version} ${process.arch}`.padEnd(128));

/** What is to be kept of a program that has run. */
export function codeToKeep(script: Script): Uint8Array {
  return Buffer.concat([STAMP, script.createCachedData()]);
}

/** Without it everything works, only later: what cannot be read is as if it were not there. */
function keptCode(): Uint8Array | undefined {
  if (!existsSync(CODE_CACHE)) return undefined;
  try {
    const kept = readFileSync(CODE_CACHE);
    return kept.subarray(0, STAMP.length).equals(STAMP) ? kept.subarray(STAMP.length) : undefined;
  } catch {
    return undefined;
  }
}

/** Compiles the program, out of the cache where there is one that fits. */
export function compileProgram(): Script {
  const cachedData = keptCode();
  // The bundler writes ASCII only: read as such it takes half the memory.
  return new Script(readFileSync(PROGRAM, 'latin1'), {
    filename: PROGRAM,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/** Runs the program on the command line of this process. */
export function runProgram(script: Script): void {
  start(script.runInThisContext());
}

/** The same, slower, with the lines of the sources in stack traces: Node looks for source maps of modules only. */
export function runMapped(): void {
  start(createRequire(PROGRAM)(PROGRAM));
}

function start(program: unknown): void {
  (program as Program)(createRequire(PROGRAM), PROGRAM);
}
