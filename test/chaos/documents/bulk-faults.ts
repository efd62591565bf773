import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, FaultProxy, isBulk } from '../../elasticsearch/fault-proxy.js';
import type { Random } from '../random.js';

const TOO_MANY = { status: 429, body: '{"error":{"type":"es_rejected_execution_exception"},"status":429}' };

/** Stands before the real server and refuses, loses and delays bulk requests or some of their items. */
export class BulkFaults {
  /** How often something was done to a request. */
  injected = 0;
  readonly #proxy: FaultProxy;

  private constructor(
    endpoint: string,
    private readonly random: Random,
  ) {
    this.#proxy = new FaultProxy(() => endpoint);
    this.#proxy.fault = async (exchange) => {
      // Nobody looks at them, and there are many.
      this.#proxy.seen.length = 0;
      return isBulk(exchange) ? this.#next() : undefined;
    };
  }

  static async before(
    endpoint: string,
    random: Random,
  ): Promise<{ readonly faults: BulkFaults; readonly node: string }> {
    const faults = new BulkFaults(endpoint, random);
    return { faults, node: await faults.#proxy.listen() };
  }

  close(): Promise<void> {
    return this.#proxy.close();
  }

  async #next(): Promise<Fault> {
    const { random } = this;
    const dice = random.next();
    if (random.next() < 0.2) await sleep(random.between(1, 30));
    if (dice > 0.45) return undefined;
    this.injected++;
    if (dice < 0.08) return { cut: 'before' };
    if (dice < 0.16) return { cut: 'after' };
    if (dice < 0.26) return { answer: TOO_MANY };
    // The first one at least.
    return { refuse: (_item, nth) => (nth === 0 || random.next() < 0.25 ? random.oneOf([429, 429, 503]) : undefined) };
  }
}
