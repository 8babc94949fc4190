import { expect, test } from 'vitest';
import { load, problemsOf } from './support.ts';

const BASE = `store: { sqlite: ./sverka.db }
systems:
  shop:
    vendor: virtualpos
    settings: { url: https://shop.example, apikey: { env: KEY } }
jobs:
`;
const env = { KEY: 'key-of-the-shop', CALL: 'token-of-a-callback' };
const given = (job: string): { text: string; env: Record<string, string> } => ({
  text: `${BASE}  nightly: { schedule: "30 2 * * *", zone: Europe/Moscow }\n${job}`,
  env,
});

test.each([
  ['31 February', '  x: { schedule: "0 0 31 2 *", zone: UTC }', /jobs\.x\.schedule: this is no cron line: 31 February never comes/],
  ['a cron line of six fields', '  x: { schedule: "0 0 0 1 1 *", zone: UTC }', /seconds are not served/],
  ['a zone that does not exist', '  x: { schedule: "0 0 1 1 *", zone: Europe/Moskow }', /IANA time zone.*did you mean "Europe\/Moscow"/],
  ['a schedule without a zone', '  x: { schedule: "0 0 1 1 *" }', /needs a zone/],
  ['a blackout without a zone', '  x: { after: [nightly], blackout: [{ from: "08:00", to: "20:00" }] }', /needs a zone/],
  ['a job that nothing starts', '  x: { run: plan }', /nothing ever starts this job/],
  ['a system that is not there', '  x: { systems: [shp], after: [nightly] }', /no system "shp"; did you mean "shop"/],
  ['a stream that is not there', '  x: { streams: [client], after: [nightly] }', /no stream of its systems "client"; did you mean "clients"/],
  ['a job that is not there', '  x: { after: [nightli] }', /no job "nightli"; did you mean "nightly"/],
  ['jobs that wait for each other', '  x: { after: [y] }\n  y: { after: [z] }\n  z: { after: [x] }', /the jobs wait for each other: x after y after z after x/],
  ['a job that waits for itself', '  x: { schedule: "0 0 1 1 *", zone: UTC, after: [x] }', /x after x/],
  ['an unknown key', '  x: { shedule: "0 0 1 1 *", zone: UTC }', /not known; did you mean "schedule"/],
  ['an unknown policy', '  x: { schedule: "0 0 1 1 *", zone: UTC, catchUp: all }', /expected one of once, skip/],
  ['a time that is none', '  x: { schedule: "0 0 1 1 *", zone: UTC, blackout: [{ from: "24:00", to: "06:00" }] }', /time of the day/],
  ['a window without an end', '  x: { schedule: "0 0 1 1 *", zone: UTC, blackout: [{ from: "06:00", to: "06:00" }] }', /are the same/],
  ['a short token', '  x: { trigger: { callback: { token: { env: KEY } } } }', /at least 16/],
  ['an empty trigger', '  x: { trigger: {} }', /expected file or callback/],
  ['a bad name', '  X_1: { after: [nightly] }', /lower-case/],
  ['a bad address', '  x: { after: [nightly] }\nserve: { callbacks: nowhere }', /host:port/],
])('%s is refused', async (_, job, words) => {
  const problems = await problemsOf(given(job));
  expect(problems.map(({ path, message }) => `${path}: ${message}`).join('\n')).toMatch(words);
  expect(problems.every(({ line }) => line > 6)).toBe(true);
});

test('what is silent has a value, and the token is a secret', async () => {
  const { config, secrets } = await load(given('  x: { trigger: { callback: { token: { env: CALL } } } }'));
  expect(config.jobs['nightly']).toMatchObject({ run: 'sync', catchUp: 'once', full: false, blackout: [] });
  expect(config.serve).toEqual({ callbacks: '127.0.0.1:8731', leaseSeconds: 120, pollSeconds: 2, stopSeconds: 60 });
  expect(secrets.has(env.CALL)).toBe(true);
});
