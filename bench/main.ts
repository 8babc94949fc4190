/** The benchmark: the product beside what the machine itself can do. `npm run bench -- --help`. */
import { writeFileSync } from 'node:fs';
import { type Contestant, floor, ours } from './contestants.ts';
import { BenchFailure } from './failure.ts';
import { describeMachine } from './machine.ts';
import { mappingFigures, mappingPart } from './mapping-part.ts';
import { type Database, startDatabase } from './mariadb.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, USAGE, UsageFailure } from './options.ts';
import { writePage } from './page.ts';
import { preview } from './preview.ts';
import { compile, ROOT, startVendor } from './programs.ts';
import { type Results, tables } from './report.ts';
import { disturbance, QUIET, quietest, type Round, repetition, type Sample } from './rounds.ts';
import { service } from './service.ts';
import { plain, SLOW, type Variant, xml } from './variants.ts';
import { MEMORY_BARS, type MemoryFigure, verdict } from './verdict.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** All repetitions at one number of customers; disturbed ones are made again, up to as many as were asked for. */
async function speed(options: Options, database: Database, variant: Variant, customers: number): Promise<Sample[]> {
  const vendor = await startVendor(customers, options.seed, variant);
  const product = options.floorOnly ? null : productFor(options, database, vendor.url, variant);
  // Where the waiting decides, a slower way of writing says nothing of the floor.
  const floors = variant.answerMs > 0 ? (['load'] as const) : (['load', 'insert'] as const);
  const contestants: Contestant[] = [...floors.map((kind) => floor(kind, database, vendor.url, variant.floorPages)), ...(product === null ? [] : [product])];
  const done: Sample[][] = [];
  try {
    do {
      done.push(await repetition({ variant, customers, database, vendor, contestants, say }, done.length + 1));
    } while (done.length < options.repetitions || (disturbed(done, options) && done.length < 2 * options.repetitions));
  } finally {
    product?.close();
    await vendor.stop();
  }
  return quietest(done, options.repetitions).flat();
}

function disturbed(done: readonly Sample[][], { repetitions }: Options): boolean {
  const found = quietest(done, repetitions).some((one) => disturbance(one) > QUIET);
  if (found && done.length >= repetitions) say('  other work disturbed a repetition');
  return found;
}

function productFor(options: Options, database: Database, vendorUrl: string, { ourPages, format }: Variant): ReturnType<typeof ours> {
  return ours(database, vendorUrl, {
    setup: options.oursSetup,
    run: options.ours,
    concurrency: ourPages,
    format,
  });
}

/** A first load and a run with nothing changed; the larger memory of the two. */
async function memoryAt(options: Options, database: Database, customers: number): Promise<MemoryFigure> {
  const variant = plain(options.concurrency);
  const vendor = await startVendor(customers, options.seed, variant);
  const product = productFor(options, database, vendor.url, variant);
  try {
    const facts = await vendor.become(1);
    await product.reset();
    let bytes = 0;
    for (const phase of ['first', 'same'] as const) {
      await product.before();
      const { peak, seconds } = await measure(product.command(), database.pid);
      say(`  ${customers} memory ${phase}: ${Math.round(peak / 2 ** 20)} MB, ${seconds.toFixed(2)} s`);
      const wrong = await product.check(phase, facts);
      if (wrong.length > 0) throw new BenchFailure(`ours at ${customers}, ${phase}:\n  ${wrong.join('\n  ')}`);
      bytes = Math.max(bytes, peak);
    }
    await product.drop();
    return { customers, bytes };
  } finally {
    product.close();
    await vendor.stop();
  }
}

/** Memory at the number of the bar, from the samples where they have it, and at the large number. */
async function memory(options: Options, database: Database, rounds: readonly Round[]): Promise<MemoryFigure[]> {
  if (options.floorOnly || options.memory === 0) return [];
  const base = MEMORY_BARS.customers;
  const samples = rounds.find(({ variant, customers }) => variant.name === 'json' && customers === base)?.samples ?? [];
  const seen = samples.filter((one) => one.contestant === 'ours' && one.phase !== 'changed');
  const figure = seen.length === 0 ? await memoryAt(options, database, base) : { customers: base, bytes: Math.max(...seen.map((one) => one.peak)) };
  return options.memory === base ? [figure] : [figure, await memoryAt(options, database, options.memory)];
}

/** The server makes its files as large as they get, and every program is in the page cache, before anything counts. */
async function warmUp(options: Options, database: Database): Promise<void> {
  const variant = plain(options.concurrency);
  const vendor = await startVendor(Math.min(...options.sizes), options.seed, variant);
  try {
    for (const kind of ['load', 'insert'] as const) {
      const contestant = floor(kind, database, vendor.url, variant.floorPages);
      await contestant.reset();
      await measure(contestant.command(), database.pid);
      await contestant.drop();
    }
  } finally {
    await vendor.stop();
  }
}

/** The plain job at every size, the others at the largest. */
function roundsOf({ sizes, variants, concurrency }: Options): { readonly variant: Variant; readonly customers: number }[] {
  const all = [plain(concurrency), xml(concurrency), SLOW].filter(({ name }) => variants.includes(name));
  return all.flatMap((variant) => (variant.name === 'json' ? sizes : [Math.max(...sizes)]).map((customers) => ({ variant, customers })));
}

async function main(options: Options): Promise<number> {
  process.chdir(ROOT);
  say('compiling …');
  compile(options.build);
  say('mapping engine …');
  const mapping = options.floorOnly ? null : mappingPart(mappingFigures());
  const database = await startDatabase();
  try {
    if (options.variants.length > 0) await warmUp(options, database);
    const rounds: Round[] = [];
    for (const { variant, customers } of roundsOf(options)) {
      say(`${variant.title}, ${customers} customers`);
      rounds.push({ variant, customers, samples: await speed(options, database, variant, customers) });
    }
    const results: Results = {
      machine: describeMachine(),
      date: new Date().toISOString().slice(0, 10),
      database: database.version,
      repetitions: options.repetitions,
      rounds,
      memory: await memory(options, database, rounds),
      service: options.service ? await service(database, say) : [],
      preview: options.preview ? await preview(options, database, say) : [],
    };
    const { voids, missed } = verdict(results.rounds, results.memory, [...results.service, ...results.preview]);
    if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ ...results, voids, missed }, null, 2)}\n`);
    const page = mapping === null ? tables(results) : `${tables(results)}\n\n${mapping.text}`;
    if (options.write && voids.length === 0) writePage(page);
    console.log(`\n${page}`);
    if (voids.length > 0) say('\nVOID: the floor is not what it should be; these figures say nothing.');
    return voids.length > 0 || (options.strict && (missed.length > 0 || mapping?.missed === true)) ? 1 : 0;
  } finally {
    await database.stop();
  }
}

// A server and a vendor process must not outlive the benchmark.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(USAGE);
  else process.exitCode = await main(options);
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error;
  say(error instanceof UsageFailure ? `${error.message}\n\n${USAGE}` : error.message);
  process.exitCode = error instanceof UsageFailure ? 2 : 1;
}
