/** Settings of what carries commands: the exchange directory, the exchange service, and files that are read back. */
import * as z from 'zod';
import { baseUrl, LOGIN_RULE, login, path, withLogin } from './settings-parts.ts';

/** How commands are written, whatever carries them. */
const commandForm = {
  /** The loader's format version: below 2 it drops `null`, so an emptied field is sent as `""`. */
  version: z.enum(['1', '2']).default('1'),
  /** How the loader spells the phone: the document's examples, or its tables. */
  phoneKey: z.enum(['phonenumber', 'phonenumbr']).default('phonenumber'),
  /** How `options` and `communications` are written. */
  bitMasks: z.enum(['object', 'integer']).default('object'),
  /** Commands in one load. One malformed command rejects its whole load. */
  batch: z.number().int().min(1).max(100_000).default(500),
  /** A new card is tied to a bonus account of its own number (`addChangeCardAccount`). */
  openAccounts: z.boolean().default(true),
};

export const fileSettings = z.strictObject({
  /** The exchange directory, which must exist; with several shops a list of theirs, and everything goes to each. */
  directory: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Base name: `{stamp}` is yyyyMMddHHmmss in UTC, `{ms}` milliseconds, `{count}` three digits. */
  pattern: z
    .string()
    .regex(/^(?!\.)[\w.-]*\{stamp\}(\{ms\})?(\{count\})?[\w.-]*$/, 'a file name with {stamp}, then {ms} and {count} if wanted')
    .default('pos{stamp}{ms}{count}'),
  dataExtension: z.string().regex(/^\w+$/).default('aif'),
  flagExtension: z.string().regex(/^\w+$/).default('flz'),
  /** How long the loader may take before the fate of a file counts as unknown. */
  timeoutSeconds: z.number().int().min(1).default(180),
  /** `### data begin ###` and `### data end ###` around the commands. */
  markers: z.boolean().default(false),
  ...commandForm,
});

const shopCode = z.string().regex(/^[\w-]{1,40}$/, 'letters, digits, _ and -');

const hostAndPort = z
  .string()
  .regex(/^([\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$/, 'host:port')
  .refine((value) => {
    const port = Number(value.slice(value.lastIndexOf(':') + 1));
    return port >= 1 && port <= 65_535;
  }, 'a port from 1 to 65535');

export const httpSettings = z
  .strictObject({
    /** Base address of the exchange service, such as `http://10.0.0.5:28080/aifexchange/`. */
    url: baseUrl,
    /** The last part of the address: `loaddicts`, in some installations `loaddict`. */
    path: path('loaddicts'),
    ...login,
    /** Codes of the shops (`shopcode`). With several, everything goes to each. */
    shops: z.array(shopCode).min(1),
    /** How long a load may take before its fate counts as unknown. */
    timeoutSeconds: z.number().int().min(1).default(600),
    /** Listens for what the server calls back about each load; without it, `rest` is read to learn what arrived. */
    statuses: z
      .strictObject({
        /** Where to listen, host and port. Any other host than loopback can be called by strangers, and needs `from`. Another port for each system that has a shop code in common with another. */
        listen: hostAndPort.default('127.0.0.1:15080'),
        /** Our address as the server sees it; `listen` when silent. */
        address: hostAndPort.optional(),
        /** IP addresses that may call; everybody else is refused. Silent only where loopback is listened on: then any process of this machine. */
        from: z
          .array(z.union([z.ipv4(), z.ipv6()]))
          .min(1)
          .optional(),
        /** Whose word is the last one: the converter's, or that of a cash desk that has loaded it. */
        doneBy: z.enum(['backOfficeState', 'cashLoad']).default('backOfficeState'),
        /** How long a run waits for the last word on one load before it goes on without. */
        waitSeconds: z.number().int().min(0).max(600).default(30),
      })
      .refine(({ listen, from }) => from !== undefined || isLoopback(listen), {
        path: ['from'],
        error:
          'needed where `listen` is not loopback: callers show no login, so name the addresses of the exchange server and, with `doneBy: cashLoad`, of the cash desks',
      })
      .optional(),
    ...commandForm,
  })
  .refine(withLogin, LOGIN_RULE);

const isLoopback = (address: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/.test(address);

/** Command files that somebody else writes, or that the loader keeps: read back as a source, never written or removed. */
export const sourceSettings = z.strictObject({
  /** A directory of command files, or a list of one for each shop. Where Sverka writes too, this is where the loader keeps what it took. */
  directory: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Names of data files begin so. */
  prefix: z
    .string()
    .regex(/^[\w-]*$/)
    .default('pos'),
  dataExtension: z.string().regex(/^\w+$/).default('aif'),
  flagExtension: z.string().regex(/^\w+$/).default('flz'),
  /** `needed`: a file counts once its flag lies beside it, as in an exchange directory. `none`: as in a backup, where flags are gone. */
  flags: z.enum(['needed', 'none']).default('needed'),
  /** A file that changed less than so long ago may still be written, and is waited for: without flags any, with flags one that changed after its flag. */
  quietSeconds: z.number().int().min(0).default(60),
  /** The format version of the loader they are meant for: below 2 keys are read whatever their case, and `null` and `[]` say nothing. */
  version: z.enum(['1', '2']).default('1'),
  /** The files reach back to the first: what none of them adds is not there, even without a `clear…` command. */
  wholeHistory: z.boolean().default(false),
  /** A larger file is refused. */
  maxFileMb: z.number().int().min(1).max(500).default(200),
});

export type FileSettings = z.output<typeof fileSettings>;
export type HttpSettings = z.output<typeof httpSettings>;
export type StatusSettings = NonNullable<HttpSettings['statuses']>;
export type SourceSettings = z.output<typeof sourceSettings>;
/** How one route writes its commands. */
export type CommandForm = Pick<FileSettings, keyof typeof commandForm>;
