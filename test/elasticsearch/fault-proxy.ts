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

/** What the proxy does with a request: lets it through, answers itself, cuts the connection before or after the server has done it, or rewrites the answer. */
export type Fault =
  | undefined
  | { readonly answer: Answer }
  | { readonly cut: 'before' | 'after' }
  | { readonly rewrite: (answer: Answer) => Answer };

/** Stands before the real server and does what that cannot be made to do at will. */
export class FaultProxy {
  readonly seen: Exchange[] = [];
  fault: (exchange: Exchange, nth: number) => Fault | Promise<Fault> = () => undefined;
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
          const answer = fault !== undefined && 'answer' in fault ? fault.answer : await this.#forward(exchange);
          if (fault !== undefined && 'cut' in fault) return void request.socket.destroy();
          const { status, body } = fault !== undefined && 'rewrite' in fault ? fault.rewrite(answer) : answer;
          response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
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

/** The parts of a bulk request: for each item its action and what it is about. */
export function itemsOf({ body }: Exchange): { action: string; _index: string; _id: string; version: number }[] {
  const items = [];
  const lines = body.split('\n').filter((line) => line !== '');
  for (let i = 0; i < lines.length; i++) {
    const [[action, meta]] = Object.entries(JSON.parse(lines[i] as string)) as [[string, object]];
    items.push({ action, ...(meta as { _index: string; _id: string; version: number }) });
    if (action !== 'delete') i++;
  }
  return items;
}

/** An answer to a bulk request in which some items say that they failed although they have been done: `rewrite` alone cannot undo. */
export function isBulk({ path }: Exchange): boolean {
  return path.startsWith('/_bulk');
}
