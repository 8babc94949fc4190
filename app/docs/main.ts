/** Writes the generated pages of `docs/`: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../project.ts';
import { GENERATED } from './pages.ts';

for (const [name, page] of Object.entries(GENERATED)) await writeFile(join(projectRoot(), 'docs', name), page());
