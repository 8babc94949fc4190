// Loaded into a process of the command line (`node --import`): it kills itself (SIGKILL: nothing is said, nothing is closed) when it is
// about to send its nth statement to the database, SVERKA_TEST_DIE_AT, or 0: never. How many there were goes into SVERKA_TEST_COUNT_TO.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';

const load = createRequire(process.env.SVERKA_TEST_ROOT + '/package.json');
const at = Number(process.env.SVERKA_TEST_DIE_AT);
let count = 0;

function statement() {
  count += 1;
  if (count === at) process.kill(process.pid, 'SIGKILL');
}

function counted(prototype, name) {
  const before = prototype[name];
  prototype[name] = function (...given) {
    statement();
    return before.apply(this, given);
  };
}

const Sqlite = load('libsql');
const database = new Sqlite(':memory:');
for (const name of ['run', 'all', 'get', 'iterate']) counted(Object.getPrototypeOf(database.prepare('select 1')), name);
counted(Object.getPrototypeOf(database), 'exec');
database.close();
// The driver of MySQL is part of the bundle: what it sends is one packet for each statement.
const write = Socket.prototype.write;
Socket.prototype.write = function (...given) {
  if (this.remotePort !== undefined) statement();
  return write.apply(this, given);
};
process.on('exit', () => writeFileSync(process.env.SVERKA_TEST_COUNT_TO, String(count)));
