/** What a run is asked to do. */
import type { LoadRequest } from './load-request.ts';
import type { MigrationScope } from './report.ts';

export interface RunRequest {
  readonly job: 'sync' | 'plan' | 'migrate' | 'apply';
  /** Leaves every table but `runs` as it was, and no checkpoint moved. */
  readonly dry?: boolean;
  /** Systems and streams to work on; all when silent. */
  readonly systems?: readonly string[];
  readonly streams?: readonly string[];
  /** Whole snapshots even where changes could be asked for. */
  readonly full?: boolean;
  readonly since?: number;
  /** Operations to apply, proposed or refused; all proposed ones of the chosen systems when silent. */
  readonly operations?: readonly number[];
  /** Only what came of this activation of mappings. */
  readonly activation?: number;
  /** Applies also what the vendors of the chosen systems refused. */
  readonly refused?: boolean;
  /** What a migration moves; for `apply`, that only what a migration between the two systems proposed is meant. */
  readonly migration?: MigrationScope;
  /** Who approves, for `apply`. */
  readonly approvedBy?: string;
  /** For `apply`: a stream that is cleared and loaded whole, as a person has confirmed. */
  readonly load?: LoadRequest;
}
