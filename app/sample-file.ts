/** Sample records out of a file: a JSON list, one JSON object, lists by stream, or JSON lines. */
import { readFile, stat } from 'node:fs/promises';
import { parseExact } from '../connectors/shared/json.ts';
import { isObject } from '../connectors/shared/records.ts';
import type { Json, WireBody } from '../core/contract.ts';
import { ConfigError } from '../core/errors.ts';

const LARGEST = 64 * 1024 * 1024;

/** The records, integers of 16 and more digits as texts. Throws `ConfigError` that names the line, and never what stands in it. */
export async function sampleRecords(file: string, stream: string): Promise<readonly WireBody[]> {
  const text = (await textOf(file)).replace(/^\uFEFF/, '');
  const whole = jsonOf(text);
  const records = whole === undefined ? linesOf(text, file) : listOf(whole, stream, file);
  if (records.length === 0) throw fault(file, 1, 'there is no record in this file');
  return records;
}

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > LARGEST) throw fault(file, 1, 'a file of sample records has 64 MB at most');
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError('CONFIG_USAGE', `${file} cannot be read (${code ?? 'unknown'})`, { cause, hint: 'Give the file of sample records with --records.' });
  }
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function listOf(whole: Json, stream: string, file: string): readonly WireBody[] {
  const named = isObject(whole) && Array.isArray(whole[stream]) ? whole[stream] : whole;
  const list: readonly Json[] = Array.isArray(named) ? named : [named as Json];
  return list.map((record, index) => {
    if (isObject(record)) return record;
    throw fault(file, undefined, `record ${index + 1} is no JSON object`);
  });
}

function linesOf(text: string, file: string): readonly WireBody[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const record = jsonOf(line);
    if (isObject(record)) return [record];
    throw fault(file, index + 1, 'this is no JSON: the file holds a JSON list of records, or one JSON object on each line');
  });
}

function fault(file: string, line: number | undefined, message: string): ConfigError {
  const place = line === undefined ? file : `${file}:${line}`;
  return new ConfigError('CONFIG_USAGE', `${place}: ${message}`, {
    where: { file, ...(line === undefined ? {} : { line }) },
    hint: 'Put the records in as the vendor sends them: [ { … }, { … } ].',
  });
}
