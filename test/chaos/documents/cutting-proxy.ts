import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../random.js';

/** Bytes after which a connection is cut, wherever in a command or a reply that is. */
const LEAST = 3_000;
const MOST = 25_000;

/** Stands before a server of bytes and cuts each connection after some of them. */
export class CuttingProxy {
  cuts = 0;
  cutting = true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(
    port: number,
    private readonly random: Random,
  ) {
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')));
  }

  static async before(port: number, random: Random): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port, random);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    const sides = [client, server] as const;
    const end = (): void => {
      for (const side of sides) side.destroy();
    };
    for (const side of sides) {
      this.#sockets.add(side);
      side.on('error', end);
      side.on('close', () => {
        this.#sockets.delete(side);
        end();
      });
    }
    let left = this.cutting ? this.random.between(LEAST, MOST) : Number.POSITIVE_INFINITY;
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (left <= 0) return;
        left -= chunk.length;
        if (left > 0) return void to.write(chunk);
        this.cuts++;
        from.destroy();
        // What came before the cut arrives.
        to.end(chunk.subarray(0, chunk.length + left));
      });
    };
    pass(client, server);
    pass(server, client);
  }
}
