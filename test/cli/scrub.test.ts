import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogger, numbered, withFacts } from '../../app/logger.ts';
import { scrubber } from '../../app/scrub.ts';

const scrub = scrubber(['s3cret value', 'longer-s3cret value']);

test.each([
  ['key is s3cret value here', 'key is *** here'],
  ['a longer-s3cret value', 'a ***'],
  ['?apikey=s3cret%20value&x=1', '?apikey=***&x=1'],
  ['call +79131234567 now', 'call +7••••••4567 now'],
  ['call 8 (913) 123-45-67', 'call 8••••••4567'],
  ['card 2900000000117.', 'card 2••••••••0117.'],
  ['mail ivan.petrov@mail.ru, please', 'mail i•••@mail.ru, please'],
  ['почта иван@почта.рф', 'почта и•••@почта.рф'],
  ['until 2026-11-21 23:47:00', 'until 2026-11-21 23:47:00'],
  ['run 17 read 100000 of 200000', 'run 17 read 100000 of 200000'],
  ['uuid 0b1c2d3e-1234-5678-9012-123456789012', 'uuid 0b1c2d3e-1234-5678-9012-123456789012'],
])('%s', (text, expected) => {
  expect(scrub(text)).toBe(expected);
});

test('the log is JSON lines, scrubbed, with facts, on the writer and in a private file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-log-'));
  const file = join(directory, 'sverka.log');
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const log = createLogger({ level: 'info', scrub, terminal: false, write, file });
  withFacts(log, { system: 'shop' }).info('read s3cret value', { run: 7, at: 1_795_304_869_053, key: '+79131234567', level: 'x' });
  log.debug('not shown');
  log.warn('two\nlines');
  await log.close();
  const lines = said
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { level: 'info', message: 'read ***', system: 'shop', run: 7, at: 1_795_304_869_053, key: '+7••••••4567', level_: 'x' },
    { level: 'warn', message: 'two\nlines' },
  ]);
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  rmSync(directory, { recursive: true });
});

test('on a terminal lines are readable, and control characters are visible', async () => {
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const log = createLogger({ level: 'debug', scrub, terminal: true, write });
  log.info('vendor said \u001b[31mred', { stream: 'clients' });
  await log.close();
  expect(said).toMatch(/info.*vendor said \\u001b\[31mred.*stream=clients/);
});

test('a terminal shares its lines with progress bars: of the level info it shows warnings and errors, and the file has all', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-log-'));
  const file = join(directory, 'sverka.log');
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const log = createLogger({ level: 'info', scrub, terminal: true, write, file });
  const { log: run, begins } = numbered(log);
  run.info('before');
  begins(7);
  run.info('read', { system: 'shop' });
  run.warn('odd');
  await log.close();
  expect(said).toMatch(/odd/);
  expect(said).not.toMatch(/read|before/);
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ message, run: number }) => [message, number])).toEqual([
    ['before', undefined],
    ['read', 7],
    ['odd', 7],
  ]);
  rmSync(directory, { recursive: true, force: true });
});

test('a log file that cannot be written is told of once, and the log goes on', async () => {
  let said = '';
  const log = createLogger({
    level: 'info',
    scrub,
    terminal: false,
    write: (text) => (said += text),
    file: join(tmpdir(), 'sverka-no-such-directory', 'sverka.log'),
  });
  log.info('before');
  await expect.poll(() => said).toMatch(/sverka\.log cannot be written \(ENOENT\)/);
  log.info('after');
  await log.close();
  expect(said.match(/cannot be written/g)).toHaveLength(1);
  expect(said).toMatch(/before[\s\S]*after/);
});
