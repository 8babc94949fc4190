/** Who is who, with a line in the log: a run resolves several times, and each time says what was new. */
import type { Engine } from './engine.ts';
import { resolve } from './identity/resolve.ts';
import { present } from './log.ts';

/** Resolves what was landed, and says what came of it. */
export async function resolveAndLog(engine: Engine): Promise<void> {
  const { counts, setup } = engine;
  const before = countsOf(engine);
  const began = setup.clock.now();
  await resolve(engine);
  const after = countsOf(engine);
  const facts = present(Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)])));
  if (Object.keys(facts).length > 0) setup.log.info('resolved', { ms: setup.clock.now() - began, ...facts });
  else setup.log.debug('nothing to resolve', { records: counts.records });
}

function countsOf({ counts }: Engine): Record<string, number> {
  const { records, clients, cards, cardTypes, movements, reviews, links } = counts;
  return {
    records,
    movements,
    reviews,
    ...Object.fromEntries(
      Object.entries({ clients, cards, cardTypes }).flatMap(([name, of]) => Object.entries(of).map(([how, count]) => [`${name}.${how}`, count])),
    ),
    ...Object.fromEntries(Object.entries(links).map(([rule, count]) => [`links.${rule}`, count])),
  };
}
