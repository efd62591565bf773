import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Of one item of a bulk request. */
export interface Item {
  readonly action: string;
  readonly _index: string;
  readonly _id: string;
  readonly version: number;
}

/** With its lines of the request. */
export interface BulkItem extends Item {
  readonly lines: readonly string[];
}

/**
 * What the proxy does with a request: lets it through; answers by itself; cuts the connection before or after the server has had it; keeps
 * items of a bulk request from the server and answers for them with a status.
 */
export type Fault =
  | undefined
  | { readonly answer: Answer }
  | { readonly cut: 'before' | 'after' }
  | { readonly refuse: (item: BulkItem, nth: number) => number | undefined };

/** Stands before the real server and does what that cannot be made to do at will. */
export class FaultProxy {
  readonly seen: Exchange[] = [];
  fault: (exchange: Exchange, nth: number) => Fault | Promise<Fault> = () => undefined;
  /** What it says it is. */
  product: string | undefined = 'Elasticsearch';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly target: () => string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const { method = 'GET', url: path = '/', headers } = request;
        const exchange = { method, path, headers, body: Buffer.concat(chunks).toString() };
        this.seen.push(exchange);
        try {
          const fault = await this.fault(exchange, this.seen.length);
          if (fault !== undefined && 'cut' in fault && fault.cut === 'before') return void request.socket.destroy();
          const { status, body } = await this.#answer(exchange, fault);
          if (fault !== undefined && 'cut' in fault) return void request.socket.destroy();
          const product = this.product === undefined ? {} : { 'x-elastic-product': this.product };
          response.writeHead(status, { 'content-type': 'application/json', ...product });
          response.end(method === 'HEAD' ? undefined : body);
        } catch {
          request.socket.destroy();
        }
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Its address, for `node`. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Bulk requests that have come so far. */
  get bulks(): readonly Exchange[] {
    return this.seen.filter(({ path }) => path.startsWith('/_bulk'));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(exchange: Exchange, fault: Fault): Promise<Answer> {
    if (fault !== undefined && 'answer' in fault) return fault.answer;
    if (fault === undefined || !('refuse' in fault)) return this.#forward(exchange);
    const items = itemsOf(exchange).map((item, nth) => ({ ...item, status: fault.refuse(item, nth) }));
    const passed = items.filter(({ status }) => status === undefined);
    const body = passed.map(({ lines }) => `${lines.join('\n')}\n`).join('');
    const answer = passed.length === 0 ? '{"items":[]}' : (await this.#forward({ ...exchange, body })).body;
    const done = (JSON.parse(answer) as { items: object[] }).items.values();
    const answered = items.map(({ action, status }) =>
      status === undefined
        ? done.next().value
        : { [action]: { status, error: { type: 'injected', reason: 'injected' } } },
    );
    return { status: 200, body: JSON.stringify({ items: answered }) };
  }

  async #forward({ method, path, headers, body }: Exchange): Promise<Answer> {
    const { host: _, 'content-length': __, connection: ___, 'transfer-encoding': ____, ...kept } = headers;
    const answer = await fetch(`${this.target()}${path}`, {
      method,
      headers: kept as Record<string, string>,
      ...(body === '' ? {} : { body }),
    });
    return { status: answer.status, body: await answer.text() };
  }
}

/** The items of a bulk request, in order. */
export function itemsOf({ body }: Exchange): BulkItem[] {
  const items = [];
  const lines = body.split('\n').filter((line) => line !== '');
  for (let i = 0; i < lines.length; i++) {
    const [[action, meta]] = Object.entries(JSON.parse(lines[i] as string)) as [[string, Omit<Item, 'action'>]];
    const own = action === 'delete' ? lines.slice(i, i + 1) : lines.slice(i, i + 2);
    items.push({ action, ...meta, lines: own });
    i += own.length - 1;
  }
  return items;
}

export function isBulk({ path }: Exchange): boolean {
  return path.startsWith('/_bulk');
}
