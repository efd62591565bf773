import { Endpoint } from './endpoint.js';

/** How the connectors under test reach a server, and how the kit does. */
export interface ProxiedServer {
  /** Where the kit looks from outside. */
  url(): string;
  /** Where the connectors are. */
  proxy(): string;
  /** Cuts their connections, and no others; answers how many there were. */
  cut(): number;
}

/** Where a server is, and the proxy before it whose connections can be cut. */
export class ProxiedEndpoint {
  readonly #server: Endpoint;
  readonly #proxy: Endpoint;
  #cut: () => number = () => 0;

  constructor(variable: string) {
    this.#server = new Endpoint(variable);
    this.#proxy = new Endpoint(`${variable}_PROXY`);
  }

  /** Undefined: variables of the environment say it. */
  use(server: ProxiedServer | undefined): void {
    this.#server.use(server?.url);
    this.#proxy.use(server?.proxy);
    if (server !== undefined) this.#cut = server.cut;
  }

  get url(): string {
    return this.#server.url;
  }

  get proxy(): string {
    return this.#proxy.url;
  }

  get environment(): Readonly<Record<string, string>> {
    return { ...this.#server.environment, ...this.#proxy.environment };
  }

  /** Without a connection nothing would be proved. */
  async loseConnections(): Promise<void> {
    if (this.#cut() === 0) throw new Error('There was no connection to lose.');
  }
}
