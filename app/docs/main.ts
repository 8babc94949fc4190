/** Writes the generated pages of `docs/` and the JSON Schemas of `schemas/`: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../project.ts';
import { GENERATED } from './pages.ts';
import { SCHEMAS } from './schemas/index.ts';

for (const [name, page] of Object.entries(GENERATED)) await writeFile(join(projectRoot(), 'docs', name), page());
for (const [name, schema] of Object.entries(SCHEMAS)) await writeFile(join(projectRoot(), 'schemas', name), schema());
