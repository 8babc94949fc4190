/** Every error code of Sverka, what it means, and what to do next. `docs/errors.md` is generated from this list. */

interface Entry {
  readonly means: string;
  readonly hint: string;
}

export const ERROR_CATALOGUE = {
  CONFIG_UNREADABLE: { means: 'The configuration file cannot be read.', hint: 'Give its path with --config, or write one with `sverka init`.' },
  CONFIG_SYNTAX: { means: 'The configuration is not valid YAML.', hint: 'Mend the line named in the message.' },
  CONFIG_INVALID: { means: 'A key or value of the configuration is wrong.', hint: 'Mend the line named in the message, then run `sverka doctor`.' },
  CONFIG_SECRET_MISSING: {
    means: 'A secret is not where the configuration says it is.',
    hint: 'Set the environment variable or write the file that the message names.',
  },
  CONFIG_USAGE: { means: 'The command line is wrong.', hint: "See `sverka help` and the command's --help." },
  MAPPING_SYNTAX: { means: 'A mapping file is not valid YAML.', hint: 'Mend the line named in the message.' },
  MAPPING_INVALID: {
    means: 'A mapping says something the mapping language does not know.',
    hint: 'Mend the line named in the message, then run `sverka mapping check`.',
  },
  MAPPING_CASE_FAILED: { means: 'A case beside a mapping does not hold.', hint: 'Compare expected and actual in the message; mend the mapping or the case.' },
  VENDOR_UNREACHABLE: { means: 'The vendor did not take the connection.', hint: 'Check address and network with `sverka doctor`, then run again.' },
  VENDOR_CERTIFICATE: {
    means: "The vendor's certificate does not fit its address or its issuer is not known, so nothing was sent.",
    hint: 'Check address, certificate and clock; for an authority of your own start Sverka with `NODE_EXTRA_CA_CERTS=/path/to/ca.pem`.',
  },
  VENDOR_REFUSED: { means: 'The vendor refuses our key or login.', hint: 'Check the secret of this system with `sverka doctor`.' },
  VENDOR_BUSY: { means: 'The vendor asks us to wait, or fails for the moment.', hint: 'Run again later, or lower `rate` and `concurrency` of the system.' },
  VENDOR_LOST_ANSWER: {
    means: 'The request may have reached the vendor, but no answer came.',
    hint: 'Run `sverka sync` again: what was under way is read back before anything is sent.',
  },
  VENDOR_ANSWER: {
    means: "The answer is not in the vendor's documented form.",
    hint: "Look at the vendor's address and version; what was read before is kept.",
  },
  VENDOR_REDIRECT: {
    means: 'The address of a system answers that the vendor is elsewhere. No redirect is followed: it may lead to a stranger, and our key with it.',
    hint: 'Set the address of this system in the configuration to where the vendor now answers, then run `sverka doctor`; what waits is sent by the next run.',
  },
  VENDOR_TOO_LARGE: { means: 'The answer is larger than the size limit.', hint: 'Lower the page size, or raise `maxResponseMb` of the system.' },
  VENDOR_ERROR: { means: 'The vendor answered that the call failed.', hint: "Read the reason; look for the vendor's code in its documents." },
  VENDOR_UNREADABLE: {
    means: 'The system cannot be read now.',
    hint: 'Give what is missing (an SMS code: --code), or set `creates: blind` if creating unseen is acceptable.',
  },
  SYSTEM_PAUSED: { means: 'A person has paused this system: it is not called.', hint: 'Let it go on with `sverka system resume NAME`.' },
  SYSTEM_QUIET: {
    means: 'This system is not called in its quiet hours.',
    hint: 'Nothing needs to be done: a later run goes on. The hours are `quiet` of the system.',
  },
  SYSTEM_QUOTA: {
    means: "The day's calls to this system are used up.",
    hint: 'Nothing needs to be done: a run of the next day goes on. The quota is `callsPerDay` of the system.',
  },
  EXCHANGE_DIRECTORY: { means: 'The exchange directory cannot be used.', hint: 'Check that it exists, is no symlink and can be written.' },
  EXCHANGE_BUSY: {
    means: 'A load is still under way at the exchange service, and the next one waits for it.',
    hint: 'Run again later: what waits is sent then.',
  },
  EXCHANGE_TOO_LARGE: {
    means: 'A file in the exchange directory is larger than allowed.',
    hint: 'Look at what wrote it; raise `maxFileMb` of the system if it is as it should be.',
  },
  EXCHANGE_NOT_TAKEN: {
    means: 'A file in the exchange directory was not taken in time; it was taken back, and what it held is sent again.',
    hint: 'See whether the program that loads the exchange directory is running.',
  },
  RECORD_WIRE: { means: "A record is not in the vendor's documented form.", hint: 'See `sverka quarantine show`; mend the record in the vendor.' },
  RECORD_VALUE: {
    means: 'A value of a record cannot be read by its mapping.',
    hint: 'See `sverka quarantine show`; mend the record in the vendor or the mapping.',
  },
  RECORD_EMPTIED: {
    means: 'A record stood empty at the first reading after our own write to it: the system cleared what the write did not name.',
    hint: 'Stop the writes (`sverka system pause`), put the record right in the vendor, and set how its system is changed (VirtualPOS: `update: whole`).',
  },
  LOAD_REFUSED: {
    means: 'A full load would lose something, or is not what was confirmed, so it was not sent.',
    hint: 'Mend what the message names (`sverka quarantine` shows what is set aside), then ask for the load again.',
  },
  STORE_UNREACHABLE: {
    means: 'The database cannot be reached.',
    hint: 'Start it or mend `store` in the configuration; the next run goes on from the last checkpoint.',
  },
  STORE_SCHEMA_OLD: { means: 'The database has an older schema version.', hint: 'Run `sverka schema up`.' },
  STORE_SCHEMA_NEW: { means: 'The database was made by a newer Sverka.', hint: 'Upgrade this installation.' },
  STORE_FAILED: { means: 'The database refused a statement.', hint: 'Read the cause; run again: unfinished work goes on from the last checkpoint.' },
  RUN_LOCKED: { means: 'Another run works on this store.', hint: 'Wait for it (`sverka runs` shows it), then run again.' },
  RUN_LEASE_LOST: { means: 'This run was paused for so long that another took its place.', hint: 'Nothing was written after that; run again.' },
  RUN_INTERRUPTED: { means: 'The run was stopped.', hint: 'Run again: it goes on from the last checkpoint.' },
  RUN_CANCELLED: { means: 'A person stopped the run.', hint: 'Run again: it goes on from the last checkpoint.' },
  JOB_SKIPPED: { means: 'A job was due and by its policy not executed.', hint: 'With `catchUp: once` it would be run once.' },
  ALERT_NOT_DELIVERED: {
    means: 'An alert could not be delivered on any of its ways.',
    hint: 'Try the ways with `sverka alerts test`; the message is sent again by itself.',
  },
  LISTEN_FAILED: { means: 'An address cannot be listened on.', hint: 'Choose another host or port in the configuration, or end what listens there.' },
  NOT_FOUND: { means: 'There is nothing with that id.', hint: 'List what there is with the command of the same name.' },
  INVARIANT_BROKEN: { means: 'Something that must hold does not: a defect of Sverka.', hint: 'Nothing was written; keep the log and report it.' },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function hintOf(code: ErrorCode): string {
  return ERROR_CATALOGUE[code].hint;
}
