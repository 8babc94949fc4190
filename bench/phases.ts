/** first: into empty tables; same: nothing changed since; changed: one customer in a hundred differs. */
export type Phase = 'first' | 'same' | 'changed';

export const PHASES: readonly Phase[] = ['first', 'same', 'changed'];
