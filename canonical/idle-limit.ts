/**
 * MariaDB ends the transaction of a process that says nothing more for so long, seconds: one that was stopped in the middle of it would keep
 * its locks, the lease among them, and nobody could take its place. MySQL has no such limit. A dry run waits for vendors in its transaction.
 */
const IDLE_SECONDS = 30;

/** To be added to a `SET SESSION`; 0 sets no limit. */
export const idleLimit = (seconds: number = IDLE_SECONDS): string => `/*M!100300 , idle_transaction_timeout = ${seconds} */`;
