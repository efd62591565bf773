import { setTimeout as sleep } from 'node:timers/promises';
import { type BulkItem, type Fault, FaultProxy, isBulk, itemsOf } from '../../elasticsearch/fault-proxy.js';
import type { Random } from '../random.js';
import type { Revision } from './revisions.js';

const TOO_MANY = { status: 429, body: '{"error":{"type":"es_rejected_execution_exception"},"status":429}' };

/** More often than a sink that does not ask again sends one element: once in each process of a run, of which there are five. */
const REFUSALS = 6;

/** Stands before the real server and refuses, loses and delays bulk requests or some of their items. */
export class BulkFaults {
  /** How often something was done to a request. */
  injected = 0;
  readonly #proxy: FaultProxy;
  /** By the id of the element, how often it will still be refused. */
  readonly #refusals = new Map<number, number>();

  private constructor(
    endpoint: string,
    private readonly random: Random,
  ) {
    this.#proxy = new FaultProxy(() => endpoint);
    this.#proxy.fault = async (exchange) => {
      // Nobody looks at them, and there are many.
      this.#proxy.seen.length = 0;
      if (!isBulk(exchange)) return undefined;
      const fault = await this.#next();
      return itemsOf(exchange).some((item) => this.#isRefused(item)) ? this.#refuse(fault) : fault;
    };
  }

  static async before(
    endpoint: string,
    random: Random,
  ): Promise<{ readonly faults: BulkFaults; readonly node: string }> {
    const faults = new BulkFaults(endpoint, random);
    return { faults, node: await faults.#proxy.listen() };
  }

  /** Whoever does not send these elements again has lost them, whatever else happens and however the requests are cut. */
  refuseAtFirst(ids: Iterable<number>): void {
    for (const id of ids) this.#refusals.set(id, REFUSALS);
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
  #refuse(other: Fault): Fault {
    this.injected++;
    return {
      refuse: (item, nth) => {
        if (!this.#isRefused(item))
          return other !== undefined && 'refuse' in other ? other.refuse(item, nth) : undefined;
        const { id } = revisionOf(item);
        this.#refusals.set(id, (this.#refusals.get(id) ?? 0) - 1);
        return 429;
      },
    };
  }

  #isRefused(item: BulkItem): boolean {
    return (this.#refusals.get(revisionOf(item).id) ?? 0) > 0;
  }
}

function revisionOf({ lines }: BulkItem): Partial<Revision> & Pick<Revision, 'id'> {
  return JSON.parse(lines[1] ?? '{}');
}
