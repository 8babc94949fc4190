import { expect, test } from 'vitest';
import { checkJobTimes } from '../../../app/console/doctor-jobs.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import { configSchema } from '../../../config/schema/config.ts';

const NOW = Date.parse('2026-11-22T10:00Z');

const notes = (job: object): string[] => {
  const config = configSchema.parse({
    store: { sqlite: 'x' },
    systems: { shop: { vendor: 'virtualpos', settings: {} } },
    jobs: { nightly: { zone: 'Europe/Moscow', ...job } },
  });
  return checkJobTimes({ config, directory: '/' } as LoadedConfig, NOW).map(({ detail }) => detail);
};

test('a job whose only times lie in its own blackout is told of', () => {
  const night = { from: '23:30', to: '06:00' };
  expect(notes({ schedule: '30 2 * * *', blackout: [night] })).toEqual([expect.stringContaining('it starts only when that ends')]);
  expect(notes({ schedule: '30 2 * * *', blackout: [night], catchUp: 'skip' })).toEqual([expect.stringContaining('it never starts')]);
  expect(notes({ schedule: '30 2,12 * * *', blackout: [night] })).toEqual([]);
  expect(notes({ schedule: '30 2 * * *', blackout: [{ ...night, days: ['sat', 'sun'] }] })).toEqual([]);
  expect(notes({ schedule: '*/15 * * * *', blackout: [night] })).toEqual([]);
  expect(notes({ schedule: '30 2 * * *' })).toEqual([]);
});
