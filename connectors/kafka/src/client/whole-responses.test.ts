import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { sockets } from './sockets.js';
import { wholeResponses } from './whole-responses.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function response(payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4 + payload.length);
  bytes.writeInt32BE(payload.length);
  bytes.set(payload, 4);
  return bytes;
}

/** What a listener is given of the chunks. */
function given(chunks: readonly Buffer[]): Buffer[] {
  const listeners: ((data: Buffer) => void)[] = [];
  const socket = { on: (_event: string, listener: (data: Buffer) => void) => void listeners.push(listener) };
  wholeResponses(socket as unknown as Socket);
  const found: Buffer[] = [];
  socket.on('data', (data) => found.push(data));
  for (const chunk of chunks) for (const listener of listeners) listener(chunk);
  return found;
}

test('responses come whole and in order, however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }),
      fc.array(fc.nat(160), { maxLength: 12 }),
      (payloads, places) => {
        const all = Buffer.concat(payloads.map(response));
        const cuts = [0, ...places.filter((place) => place < all.length).sort((a, b) => a - b), all.length];
        const chunks = cuts.slice(1).map((cut, index) => all.subarray(cuts[index], cut));
        const found = given(chunks);
        expect(Buffer.concat(found)).toEqual(all);
        const ends = new Set([0]);
        for (const payload of payloads) ends.add(Math.max(...ends) + 4 + payload.length);
        let end = 0;
        for (const one of found) {
          end += one.length;
          expect(ends).toContain(end);
        }
      },
    ),
  );
});

test('a response that is cut off is not given', () => {
  const [first, second] = [response(Buffer.from('first')), response(Buffer.from('second'))];
  expect(given([first, second.subarray(0, 7)])).toEqual([first]);
  expect(given([second.subarray(0, 3)])).toEqual([]);
});

test('what is no response ends the socket', async () => {
  const server = createServer((client) => client.write(Buffer.from([0x80, 0, 0, 1])));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = sockets().factory({ host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => {} });
  socket.on('data', () => expect.unreachable());
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ message: 'what answers is no broker' });
});
