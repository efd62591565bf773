import type { Client } from '@elastic/elasticsearch';
import { SluiceError } from '@sluice/connector-sdk';
import type { DocumentWrite } from '../documents/document-write.js';
import { requestFailure } from '../server/request-failure.js';
import { bulkLines } from './bulk-lines.js';
import { type BulkItem, type ItemOutcome, itemOutcome } from './item-outcome.js';
import { RequestSize } from './request-size.js';

export interface BulkSettings {
  readonly component: string;
  readonly pipeline: string | undefined;
  readonly refresh: boolean | 'wait_for';
  readonly maxBytes: number;
}

interface Sized<T> {
  readonly write: DocumentWrite<T>;
  readonly lines: readonly string[];
  readonly bytes: number;
}

/** Statuses and errors, and no more: what else is said of each item is half of the traffic. */
const ANSWER = 'items.*.status,items.*.error.type,items.*.error.reason';

/** Sends writes in requests no larger than they may be, one after the other, and tells of each what became of it. */
export class BulkRequests {
  readonly #size: RequestSize;

  constructor(
    private readonly client: Client,
    private readonly settings: BulkSettings,
  ) {
    this.#size = new RequestSize(settings.maxBytes);
  }

  /** @throws SluiceError when the server will take no such request, whatever is in it */
  async send<T>(writes: readonly DocumentWrite<T>[], signal: AbortSignal): Promise<Map<DocumentWrite<T>, ItemOutcome>> {
    const outcomes = new Map<DocumentWrite<T>, ItemOutcome>();
    let left = writes.map((write) => this.#sized(write));
    while (left.length > 0) {
      const count = fitting(left, this.#size.bytes);
      const now = left.slice(0, count);
      const answer = await this.#request(now, signal);
      if (answer === 'halve') continue;
      for (const [i, { write }] of now.entries()) outcomes.set(write, answer[i] as ItemOutcome);
      left = left.slice(count);
      if (answer.some(({ kind }) => kind === 'retry')) {
        // What follows may overload it just as well; it is all tried again after the pause.
        for (const { write } of left) outcomes.set(write, { kind: 'retry', reason: 'not sent' });
        break;
      }
    }
    return outcomes;
  }

  #sized<T>(write: DocumentWrite<T>): Sized<T> {
    const lines = bulkLines(write, this.settings.pipeline);
    return { write, lines, bytes: lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0) };
  }

  /** `'halve'`: the same again, in smaller requests. */
  async #request<T>(writes: readonly Sized<T>[], signal: AbortSignal): Promise<readonly ItemOutcome[] | 'halve'> {
    const { component, refresh } = this.settings;
    const bytes = writes.reduce((sum, write) => sum + write.bytes, 0);
    let items: readonly Record<string, BulkItem>[];
    try {
      const answer = await this.client.bulk<string>(
        {
          operations: writes.flatMap(({ lines }) => lines),
          filter_path: ANSWER,
          ...(refresh === false ? {} : { refresh }),
        },
        { signal, maxRetries: 0 },
      );
      items = (answer.items ?? []) as readonly Record<string, BulkItem>[];
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const failure = requestFailure(component, error);
      if (failure.kind === 'final') throw failure.error;
      if (failure.kind === 'passing') {
        if (failure.overloaded) this.#size.overloaded(bytes);
        return writes.map(() => ({ kind: 'retry', reason: failure.reason }));
      }
      this.#size.tooLarge(bytes);
      if (writes.length > 1) return 'halve';
      return [{ kind: 'rejected', mapping: false, reason: `413, a request of ${bytes} bytes` }];
    }
    if (items.length !== writes.length) throw garbled(component, writes.length, items.length);
    this.#size.taken();
    return items.map((item) => itemOutcome(Object.values(item)[0] ?? { status: 500 }));
  }
}

/** How many from the start fit into so many bytes: at least one. */
function fitting(writes: readonly { readonly bytes: number }[], most: number): number {
  let count = 0;
  for (let bytes = 0; count < writes.length; count++) {
    bytes += writes[count]?.bytes ?? 0;
    if (bytes > most) break;
  }
  return Math.max(1, count);
}

function garbled(component: string, expected: number, actual: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_REFUSED',
    component,
    expected: `an answer about each of ${expected} items`,
    actual: `about ${actual}`,
    remedy: 'look for a proxy that changes what the cluster answers',
  });
}
