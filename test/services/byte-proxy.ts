import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Made for each connection: how many of the bytes that one side has sent still come through. Fewer than all: it is cut behind them. */
export type Cutter = (bytes: number) => number;

const everything: Cutter = (bytes) => bytes;

/** Stands before a server on this machine, and cuts connections as a network does. */
export class ByteProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly target: () => number,
    private readonly cutter: () => Cutter,
  ) {
    this.#server = createServer((client) => this.#join(client, connect(this.target(), '127.0.0.1')));
  }

  /** @param target The server's port, asked for at each connection: it need not run yet. */
  static async before(target: () => number, cutter: () => Cutter = () => everything): Promise<ByteProxy> {
    const proxy = new ByteProxy(target, cutter);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets every connection, in the middle of whatever is on its way; answers how many there were. */
  cut(): number {
    const { size } = this.#sockets;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return size / 2;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    const sides = [client, server] as const;
    for (const side of sides) {
      this.#sockets.add(side);
      side.on('error', () => {});
      side.on('close', () => {
        this.#sockets.delete(side);
        for (const other of sides) other.destroy();
      });
    }
    const cutter = this.cutter();
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        const passed = cutter(chunk.length);
        if (passed >= chunk.length) return void to.write(chunk);
        from.destroy();
        // What came before the cut arrives.
        to.end(chunk.subarray(0, passed));
      });
    };
    pass(client, server);
    pass(server, client);
  }
}
