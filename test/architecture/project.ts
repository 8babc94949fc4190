/** The project as it stands on disk. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { moduleOf, type SourceFile } from './modules.ts';
import type { Project } from './rules.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

const manifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  scripts: z.record(z.string(), z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;

export function manifest(): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
}

/** Every TypeScript file outside `node_modules`, `dist` and hidden folders. */
export function sources(): SourceFile[] {
  const skipped = /(^|\/)(node_modules|dist|coverage|\.[^/]*)(\/|$)/;
  return readdirSync(ROOT, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() && !skipped.test(entry.name)
        ? readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map((name) => `${entry.name}/${name}`)
        : [entry.name],
    )
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !skipped.test(name))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

export function vendors(): string[] {
  return readdirSync(join(ROOT, 'connectors'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .map((entry) => entry.name);
}

export function project(): Project {
  const { dependencies, devDependencies } = manifest();
  return {
    modules: sources().map(moduleOf),
    packages: new Set(Object.keys(dependencies)),
    devPackages: new Set(Object.keys(devDependencies)),
    vendors: vendors(),
  };
}
