import type { Clock } from '@sluice/connector-sdk';
import type { KeyIndex } from '../state/key-index.js';

/** Asks for what belongs to a key. */
export type Lookup = (key: unknown, context: { readonly signal: AbortSignal }) => Promise<unknown>;

export interface LookupCacheOptions {
  /** Milliseconds of the clock. */
  readonly ttl: number;
  readonly maxEntries: number;
}

interface Counter {
  add(): void;
}

/** An answer, and until when it holds. */
interface Answer {
  readonly value: Promise<unknown>;
  readonly until: number;
}

/** A call that is under way, and how many wait for it. */
interface Call {
  readonly controller: AbortController;
  readonly value: Promise<unknown>;
  waiting: number;
}

/**
 * Answers of a look-up by key: those used last, as long as they hold. Who asks for a key that is being looked up waits for the same call.
 * Failures are not kept.
 */
export class LookupCache {
  /** By the ids of keys, those used last at the end. */
  private readonly answers = new Map<number, Answer>();
  private readonly calls = new Map<number, Call>();

  constructor(
    private readonly lookup: Lookup,
    private readonly options: LookupCacheOptions,
    private readonly clock: Clock,
    private readonly keys: KeyIndex,
    private readonly hits: Counter,
    private readonly misses: Counter,
  ) {}

  get(key: unknown, context: { readonly signal: AbortSignal }): Promise<unknown> {
    const id = this.keys.idOf(key);
    const answer = this.answers.get(id);
    if (answer !== undefined) {
      this.answers.delete(id);
      if (this.clock.now() < answer.until) {
        this.answers.set(id, answer);
        this.hits.add();
        return answer.value;
      }
      this.keys.release(id);
    }
    let call = this.calls.get(id);
    if (call === undefined) {
      this.misses.add();
      call = this.begin(id, key);
    } else {
      this.hits.add();
    }
    this.wait(id, call, context.signal);
    return call.value;
  }

  private begin(id: number, key: unknown): Call {
    const controller = new AbortController();
    const call: Call = { controller, value: this.ask(key, controller.signal), waiting: 0 };
    this.calls.set(id, call);
    this.keys.retain(id);
    call.value.then(
      () => {
        if (this.calls.get(id) === call) this.keep(id, call.value);
      },
      () => this.giveUp(id, call),
    );
    return call;
  }

  /** A look-up that throws has failed like one that rejects. */
  private async ask(key: unknown, signal: AbortSignal): Promise<unknown> {
    return this.lookup(key, { signal });
  }

  /** A call that somebody has waited for in vain is not shared any more: the next attempt makes its own. */
  private wait(id: number, call: Call, signal: AbortSignal): void {
    call.waiting++;
    signal.addEventListener('abort', () => {
      this.giveUp(id, call);
      if (--call.waiting === 0) call.controller.abort(signal.reason);
    });
  }

  private keep(id: number, value: Promise<unknown>): void {
    this.calls.delete(id);
    this.answers.set(id, { value, until: this.clock.now() + this.options.ttl });
    if (this.answers.size <= this.options.maxEntries) return;
    for (const oldest of this.answers.keys()) {
      this.answers.delete(oldest);
      this.letGo(oldest);
      return;
    }
  }

  private giveUp(id: number, call: Call): void {
    if (this.calls.get(id) !== call) return;
    this.calls.delete(id);
    this.letGo(id);
  }

  private letGo(id: number): void {
    this.keys.release(id);
    this.keys.endTurn(id);
  }
}
