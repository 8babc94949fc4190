/** The results section of docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchFailure } from './failure.ts';
import { ROOT } from './programs.ts';

const BEGIN = '<!-- results: written by `npm run bench -- --write` -->';
const END = '<!-- end of results -->';

/** Replaces what stands between the two marker lines. */
export function writePage(results: string): void {
  const path = join(ROOT, 'docs', 'benchmarks.md');
  const page = readFileSync(path, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new BenchFailure('docs/benchmarks.md has lost its marker lines');
  writeFileSync(path, `${page.slice(0, begin + BEGIN.length)}\n\n${results}\n\n${page.slice(end)}`);
}
