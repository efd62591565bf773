import { SluiceError } from '@sluice/connector-sdk';
import { canonicalBytes } from '../state/canonical-key.js';
import type { InspectedStore } from '../state/opened-stores.js';
import { emptyValue, isOfKind } from '../state/state-values.js';
import { otherKind, unknownState, unknownUid } from './query-failure.js';
import type { QueryOptions, StateQuery } from './state-query.js';

/** What drives the operators of a store. */
export interface QueriedLoop {
  /** Calls between two elements, never while timers of one watermark are still to fire. */
  wake(read: () => void): void;
}

interface Opened {
  readonly store: InspectedStore;
  readonly loop: QueriedLoop;
}

/** One query, bound to the operator that it is about. */
interface Reading extends Opened {
  read(): unknown;
}

/** Queries that wait for a checkpoint. */
class Waiting {
  /** The checkpoint that `answers` belong to. */
  checkpoint = 0;
  readonly answers = new Map<Reading, unknown>();

  constructor(
    readonly readings: readonly Reading[],
    readonly resolve: (answers: readonly unknown[]) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  readAt(checkpoint: number, uid: string): void {
    if (checkpoint !== this.checkpoint) this.answers.clear();
    this.checkpoint = checkpoint;
    for (const reading of this.readings) if (reading.store.uid === uid) this.answers.set(reading, reading.read());
  }

  isAnsweredAt(checkpoint: number): boolean {
    return this.checkpoint === checkpoint && this.answers.size === this.readings.length;
  }
}

/** Answers what is asked about the state of a run while it runs. */
export class QueryDesk {
  private readonly opened: Opened[] = [];
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly component: string,
    private readonly requestCheckpoint: () => void,
  ) {}

  add(store: InspectedStore, loop: QueriedLoop): void {
    this.opened.push({ store, loop });
  }

  /** In the order of the queries. */
  async answer(queries: readonly StateQuery[], { consistency = 'live' }: QueryOptions): Promise<readonly unknown[]> {
    if (consistency !== 'live' && consistency !== 'checkpoint') throw this.unknownConsistency(consistency);
    const readings = queries.map((query) => this.readingOf(query));
    if (readings.length === 0) return [];
    return consistency === 'live' ? readNow(readings) : this.readAtBarrier(readings);
  }

  /** An operator has been captured at a barrier, and has not gone on since. */
  captured(checkpoint: number, uid: string): void {
    for (const waiting of this.waiting) {
      try {
        waiting.readAt(checkpoint, uid);
      } catch (error) {
        this.waiting.delete(waiting);
        waiting.reject(error);
      }
    }
  }

  completed(checkpoint: number): void {
    for (const waiting of this.waiting) {
      if (!waiting.isAnsweredAt(checkpoint)) continue;
      this.waiting.delete(waiting);
      waiting.resolve(waiting.readings.map((reading) => waiting.answers.get(reading)));
    }
  }

  private readAtBarrier(readings: readonly Reading[]): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => {
      this.waiting.add(new Waiting(readings, resolve, reject));
      this.requestCheckpoint();
    });
  }

  /** Everything about a query that can be wrong is found out here, not at a barrier. */
  private readingOf({ uid, state, key }: StateQuery): Reading {
    const { component } = this;
    const ofUid = this.opened.filter(({ store }) => store.uid === uid);
    if (ofUid.length === 0) throw unknownUid(component, uid, [...new Set(this.opened.map(({ store }) => store.uid))]);
    canonicalBytes(key, component);
    const names = typeof state === 'string' ? [state] : Object.keys(state);
    const owner = ofUid.find(({ store }) => names.every((name) => store.shapes.has(name)));
    if (owner === undefined) throw this.unknownStateOf(uid, names, ofUid);
    const { store } = owner;
    if (typeof state === 'string') return { ...owner, read: () => store.valueOf(key, state) };
    for (const [name, descriptor] of Object.entries(state)) {
      const shape = store.shapes.get(name) as string;
      if (!isOfKind(name, descriptor, shape)) throw otherKind(component, uid, name, descriptor.kind, shape);
    }
    return {
      ...owner,
      read: () =>
        Object.fromEntries(
          Object.entries(state).map(([name, descriptor]) => [
            name,
            store.valueOf(key, name) ?? emptyValue(name, descriptor),
          ]),
        ),
    };
  }

  private unknownStateOf(uid: string, names: readonly string[], ofUid: readonly Opened[]): SluiceError {
    const known = ofUid.flatMap(({ store }) => [...store.shapes.keys()]);
    const missing = names.find((name) => !known.includes(name)) ?? names.join(', ');
    return unknownState(
      this.component,
      uid,
      missing,
      known.filter((name) => !name.startsWith('~')),
    );
  }

  private unknownConsistency(actual: unknown): SluiceError {
    return new SluiceError({
      code: 'SLUICE_OPTION',
      component: this.component,
      expected: "a consistency of 'live' or 'checkpoint'",
      actual: String(actual),
      remedy: 'correct the option, or leave it out',
    });
  }
}

/** All that one loop drives in one step, so between the same two elements. */
async function readNow(readings: readonly Reading[]): Promise<readonly unknown[]> {
  const answers = new Map<Reading, unknown>();
  const loops = new Set(readings.map(({ loop }) => loop));
  await Promise.all(
    [...loops].map(
      (loop) =>
        new Promise<void>((resolve, reject) => {
          loop.wake(() => {
            try {
              for (const reading of readings) if (reading.loop === loop) answers.set(reading, reading.read());
              resolve();
            } catch (error) {
              reject(error);
            }
          });
        }),
    ),
  );
  return readings.map((reading) => answers.get(reading));
}
