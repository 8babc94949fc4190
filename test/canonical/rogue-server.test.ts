/** A server that asks for files: the protocol lets it name any, at any statement. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bulkInsert } from '../../canonical/bulk.ts';
import { openStore, type Store } from '../../canonical/open.ts';

const SECRET = 'content of a private file';
const directory = mkdtempSync(join(tmpdir(), 'sverka-rogue-'));
const file = join(directory, 'private.txt');

/** What the server asks for on a statement that matches, and what it was sent. */
let asks: { readonly on: RegExp; readonly name: string } = { on: /^never$/, name: '' };
let sent: Buffer[] = [];
let port = 0;

const frame = (sequence: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
};
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
function greeting(): Buffer {
  const body = Buffer.concat([
    Buffer.from([10]),
    Buffer.from('11.0.0-MariaDB\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    Buffer.from([0xff, 0xf7, 45, 2, 0, 0xff, 0x80, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('mysql_native_password\0'),
  ]);
  return frame(0, body);
}

function column(name: string, type: number, sequence: number): Buffer {
  const tail = Buffer.alloc(13);
  tail[0] = 12;
  tail.writeUInt16LE(45, 1);
  tail.writeUInt32LE(100, 3);
  tail[7] = type;
  return frame(sequence, Buffer.concat([text('def'), text(''), text(''), text(''), text(name), text(''), tail]));
}

const EOF = Buffer.from([0xfe, 0, 0, 2, 0]);

function versionRows(): Buffer {
  return Buffer.concat([frame(1, Buffer.from([1])), column('version', 253, 2), frame(3, EOF), frame(4, text('11.0.0-MariaDB')), frame(5, EOF)]);
}

function converse(socket: Socket): void {
  let buffer = Buffer.alloc(0);
  let state: 'login' | 'commands' | 'file' = 'login';
  socket.on('error', () => socket.destroy());
  socket.write(greeting());
  const receive = (sequence: number, body: Buffer): void => {
    if (state === 'login') {
      state = 'commands';
      socket.write(frame(sequence + 1, OK));
    } else if (state === 'file') {
      if (body.length > 0) sent.push(body);
      else {
        state = 'commands';
        socket.write(frame(sequence + 1, OK));
      }
    } else if (body[0] === 3) {
      const sql = body.subarray(1).toString();
      if (asks.on.test(sql)) {
        state = 'file';
        socket.write(frame(1, Buffer.concat([Buffer.from([0xfb]), Buffer.from(asks.name)])));
      } else socket.write(/version/i.test(sql) ? versionRows() : frame(1, OK));
    } else socket.end();
  };
  socket.on('data', (piece: Buffer) => {
    buffer = Buffer.concat([buffer, piece]);
    while (buffer.length >= 4) {
      const length = buffer.readUIntLE(0, 3);
      if (buffer.length < 4 + length) return;
      const [sequence, body] = [buffer[3] ?? 0, buffer.subarray(4, 4 + length)];
      buffer = buffer.subarray(4 + length);
      receive(sequence, body);
    }
  });
}

const server = createServer(converse);

beforeAll(async () => {
  writeFileSync(file, SECRET);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

it.each([
  ['a query', /^select \* from/, (db: Store['db']) => db('t').select('*')],
  ['an insert', /^INSERT/, (db: Store['db']) => bulkInsert(db, 't', ['a', 'b'], [[1, 'ours']])],
])('gives nothing to a server that asks for a file at %s', async (_, on, work) => {
  asks = { on, name: file };
  sent = [];
  const store = await openStore({ kind: 'mysql', url: `mysql://root:pw@127.0.0.1:${port}/x` });
  try {
    await expect(Promise.resolve(work(store.db))).rejects.toThrow(/database/);
    expect(Buffer.concat(sent).toString()).toBe('');
  } finally {
    await store.close();
  }
});
