/** What may stand next on a command line: for the shells, which ask with every Tab. */
import type { Command, Option } from 'commander';
import { STREAMS } from './options.ts';

export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What values are known beyond the commands themselves. */
export interface Known {
  readonly systems: readonly string[];
}

const SYSTEM_OPTIONS = ['--system', '--from', '--to'];
const VENDOR_ARGUMENTS = ['system'];

/** Candidates for the last of `words`, which may be empty; none where files, numbers or free texts are expected. */
export function candidates(program: Command, words: readonly string[], known: Known): Candidate[] {
  const typed = words.at(-1) ?? '';
  const place = placeOf(program, words.slice(0, -1));
  return all(place, typed, known).filter(({ word }) => word.startsWith(typed) && (word !== typed || word === '--'));
}

interface Place {
  readonly path: readonly Command[];
  /** The option whose value is being typed. */
  readonly option: Option | null;
  /** Arguments that were typed already. */
  readonly given: number;
}

function placeOf(program: Command, before: readonly string[]): Place {
  const path: Command[] = [program];
  let option: Option | null = null;
  let given = 0;
  for (const word of before) {
    if (option !== null) option = null;
    else if (word.startsWith('-'))
      option = word.includes('=') ? null : (optionsOf(path).find((one) => takesValue(one) && [one.short, one.long].includes(word)) ?? null);
    else {
      const next = path.at(-1)?.commands.find((command) => command.name() === word);
      if (next === undefined) given += 1;
      else path.push(next);
    }
  }
  return { path, option, given };
}

/** The first sentence is enough for a list. */
const first = (text: string): string => text.split(/[.;:] /)[0]?.replace(/\.$/, '') ?? '';
const takesValue = (option: Option): boolean => option.required || option.optional;
const optionsOf = (path: readonly Command[]): Option[] => path.flatMap((command) => [...command.options]);

function all({ path, option, given }: Place, typed: string, known: Known): Candidate[] {
  const bare = (list: readonly string[]): Candidate[] => list.map((word) => ({ word, about: '' }));
  if (option !== null) {
    if (SYSTEM_OPTIONS.includes(option.long ?? '')) return bare(known.systems);
    return bare(option.long === '--stream' ? STREAMS : (option.argChoices ?? []));
  }
  const command = path.at(-1);
  if (command === undefined) return [];
  if (typed.startsWith('-')) {
    const options = optionsOf(path).filter((one) => !one.hidden && one.long !== undefined);
    return [...options.map((one) => ({ word: one.long ?? '', about: first(one.description) })), { word: '--help', about: 'show help' }];
  }
  if (command.commands.length > 0 && given === 0) return command.commands.map((one) => ({ word: one.name(), about: first(one.description()) }));
  const argument = command.registeredArguments[given];
  if (argument === undefined) return [];
  if (VENDOR_ARGUMENTS.includes(argument.name())) return bare(known.systems);
  return bare(argument.name() === 'stream' ? STREAMS : (argument.argChoices ?? []));
}
