/**
 * `node dist/app/launch/keep-code.js`: runs a small demo, and keeps what V8 compiled on the way. Part of the build; to be run again where Sverka
 * is started with other flags of Node (`NODE_OPTIONS`) than it was built with.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODE_CACHE, codeToKeep, compileProgram, runProgram } from './program.ts';

rmSync(CODE_CACHE, { force: true });
const directory = mkdtempSync(join(tmpdir(), 'sverka-build-'));
const script = compileProgram();
process.argv.splice(2, process.argv.length, 'demo', '--people', '5', '--directory', join(directory, 'demo'));
process.once('exit', (code) => {
  rmSync(directory, { recursive: true, force: true });
  if (code !== 0) return;
  // Never half there: V8 would not see it.
  const written = `${CODE_CACHE}.${process.pid}`;
  writeFileSync(written, codeToKeep(script), { flush: true });
  renameSync(written, CODE_CACHE);
});
// Stopped by a person, or by the build, which does not wait for ever: what is temporary goes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
runProgram(script);
