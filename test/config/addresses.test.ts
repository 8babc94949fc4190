/** What wants to listen at one address: refused where a call could be meant for two, with the line and what to do. */
import { expect, test } from 'vitest';
import { problemsOf } from './support.ts';

const tills = (name: string, statuses: string, shops = '"1"', route = 'http'): string => `  ${name}:
    vendor: artix
    settings:
      route: ${route}
      rest: { url: http://127.0.0.1:9/CSrest/rest/, auth: false }
      http: { url: http://127.0.0.1:9/aifexchange/, auth: false, shops: [${shops}], statuses: ${statuses} }
`;
const yaml = (systems: string, rest = ''): { text: string } => ({ text: `store: { sqlite: ./sverka.db }\nsystems:\n${systems}${rest}` });
const two = (north: string, south: string, shopsOfSouth = '"1"'): { text: string } => yaml(tills('north', north) + tills('south', south, shopsOfSouth));
const told = async (given: { text: string }): Promise<string> =>
  (await problemsOf(given)).map(({ line, path, message }) => `${line} ${path}: ${message}`).join('\n');

test('two systems with one shop code at one address are refused', async () => {
  const why =
    /^14 systems\.south\.settings\.http\.statuses\.listen: systems\.north\.settings\.http\.statuses\.listen \(line 8\) .*both have a shop of one code.*another port.*`from`/;
  expect(await told(two('{}', '{}'))).toMatch(why);
  expect(await told(two('{}', '{}', '"7", "1"'))).toMatch(why);
  expect(await told(two('{ listen: "127.0.0.1:15080" }', '{}'))).toMatch(why);
  // One of them lets anybody call, or both let the same one.
  expect(await told(two('{ from: ["10.0.0.5"] }', '{}'))).toMatch(why);
  expect(await told(two('{ from: ["10.0.0.5", "10.0.0.6"] }', '{ from: ["10.0.0.6"] }'))).toMatch(why);
});

test.each([
  ['a wildcard', '"0.0.0.0:15080"', '"10.0.0.9:15080"'],
  ['a wildcard of both families', '"[::]:15080"', '"10.0.0.9:15080"'],
  ['a name and an address', '"sverka.local:15080"', '"10.0.0.9:15080"'],
  ['two names', '"a.local:15080"', '"b.local:15080"'],
  ['a name in two ways', '"LOCALHOST:15080"', '"localhost:15080"'],
  ['localhost and loopback', '"localhost:15080"', '"127.0.0.1:15080"'],
  ['an IPv6 address in two ways', '"[::1]:15080"', '"[0:0:0:0:0:0:0:1]:15080"'],
  ['IPv4 as IPv6', '"[::ffff:a00:9]:15080"', '"10.0.0.9:15080"'],
])('%s: one port at what may be one host is refused, whatever the shops', async (_, north, south) => {
  const from = 'from: ["10.0.0.5"]';
  expect(await told(two(`{ listen: ${north}, ${from} }`, `{ listen: ${south}, from: ["10.0.0.6"] }`, '"2"'))).toMatch(
    /^14 .*may be the same one: write the host/,
  );
});

test.each([
  ['another port', two('{}', '{ listen: "127.0.0.1:15081" }')],
  ['other shops', two('{}', '{}', '"2", "3"')],
  ['other callers', two('{ from: ["10.0.0.5"] }', '{ from: ["10.0.0.6", "10.0.0.7"] }')],
  ['another host', two('{ listen: "127.0.0.1:15080" }', '{ listen: "10.0.0.9:15080", from: ["10.0.0.5"] }')],
  ['localhost and an address of the network', two('{ listen: "localhost:15080" }', '{ listen: "10.0.0.9:15080", from: ["10.0.0.5"] }')],
  ['one that writes by another route', yaml(tills('north', '{}') + tills('south', '{}', '"1"', 'rest'))],
])('%s is enough', async (_, given) => expect(await told(given)).toBe(''));

test('health, callbacks and calls of vendors have ports of their own', async () => {
  const job = 'jobs: { hourly: { trigger: { callback: { token: token-of-a-callback } } } }\n';
  expect(await told(yaml(tills('north', '{}'), 'endpoints: { port: 15080 }\n'))).toMatch(/^8 .*endpoints\.port \(line 9\) wants this port too/);
  expect(await told(yaml(tills('north', '{}'), `${job}serve: { callbacks: "127.0.0.1:15080" }\n`))).toMatch(/serve\.callbacks \(line 10\) wants this port too/);
  expect(await told(yaml(tills('north', '{}'), `${job}endpoints: { port: 8731, host: 0.0.0.0 }\n`))).toMatch(/serve\.callbacks: endpoints\.port/);
  expect(await told(yaml(tills('north', '{}'), 'endpoints: { port: 8731 }\n'))).toBe('');
  expect(await told(yaml(tills('north', '{}'), `${job}endpoints: { port: 8731, host: "fe80::1%lo" }\n`))).not.toMatch(/port too/);
});
