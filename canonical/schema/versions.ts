/** The schema versions, in order. A version that was released is never changed: what comes later is a version of its own. */
import { initial } from './0001-initial.ts';
import type { SchemaVersion } from './version.ts';

export const SCHEMA_VERSIONS: readonly SchemaVersion[] = [initial];
