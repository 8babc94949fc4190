/**
 * The bundled program, `dist/program.cjs`: one function around all modules of Sverka. Beside it lies what V8 made of it when it was built
 * (`dist/program.cache`), so that a short run need not read six megabytes of source anew. V8 refuses what another version, or one with other
 * flags, has made; the source is then compiled as any other.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

type Program = (require: NodeJS.Require, filename: string) => void;

const PROGRAM = fileURLToPath(new URL('../../program.cjs', import.meta.url));
export const CODE_CACHE = fileURLToPath(new URL('../../program.cache', import.meta.url));

/** Compiles the program, out of the cache where there is one that fits. */
export function compileProgram(): Script {
  const cachedData = statSync(CODE_CACHE, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(CODE_CACHE);
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
