import { KeyedStore } from '../state/keyed-store.js';
import { Expiry } from '../state/ttl.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import type { StreamObserver } from '../stream/element.js';
import type { CreateOperator, OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { emitFirst, type Kept, keepLast, type Seen } from './dedupe-next.js';
import { keptEntries, seenEntries } from './dedupe-state.js';
import { KeyedControl, keyedInput } from './keyed-operator.js';
import type { CheckedTtl } from './operator-option.js';
import { TimerQueue } from './timer-queue.js';

/** What `dedupe` does, checked. */
export interface Deduplication {
  readonly keyOf: (value: unknown) => unknown;
  readonly ttl: CheckedTtl;
}

class SeenKey implements Seen {
  constructor(public at: number) {}
}

class KeptElement implements Kept {
  constructor(
    public value: unknown,
    public timestamp: number,
    public at: number,
  ) {}
}

/** The input of `dedupe` that lets the first element of a key pass. */
export function createDedupeFirst({ keyOf, ttl }: Deduplication): CreateOperator {
  return (context, out) => {
    const store = storeOf(context);
    const control = new KeyedControl(context, [out]);
    const create = (at: number): Seen => new SeenKey(at);
    const turn: Turn = {
      id: NO_TURN,
      timestamp: Number.NaN,
      get watermark() {
        return control.kept();
      },
      clock: context.clock,
    };
    const expiry = new Expiry({ after: ttl.after, time: ttl.eventTime ? 'event' : 'processing' }, turn, context.uid);
    const table = store.entries('keys', seenEntries(expiry, create));
    const clock = ttl.eventTime ? undefined : context.clock;
    const next = specialise(emitFirst)(keyOf, store.keys, table, control, clock, ttl, create, out.next);
    if (context.restored !== undefined) control.restore(store.restore(context.restored)).end();
    control.start({ fireEvent: () => false, capture: (header) => store.capture(header) });
    return keyedInput(control, next);
  };
}

/** The input of `dedupe` that keeps the last element of a key until the key is over. */
export function createDedupeLast({ keyOf, ttl }: Deduplication): CreateOperator {
  return (context, out) => {
    const { eventTime, after } = ttl;
    const store = storeOf(context);
    const { keys } = store;
    const control = new KeyedControl(context, [eventTime ? delayed(out, after) : out]);
    const queue = new TimerQueue();
    const create = (value: unknown, timestamp: number, at: number): Kept => new KeptElement(value, timestamp, at);
    const table = store.entries('keys', keptEntries(create));
    const emit = out.next as (value: unknown, timestamp: number) => void;
    const release = ({ value, timestamp }: Kept): void => emit(value, timestamp);

    /** The first key that may be over: emits its element, or puts it back. */
    const fire = (until: number): boolean => {
      const id = queue.take(until);
      if (id < 0) return false;
      const kept = table.getForUpdate(id) as Kept;
      // There was no event time yet when it came.
      if (kept.at === Number.NEGATIVE_INFINITY) kept.at = until;
      const over = kept.at + after;
      if (over > queue.time) {
        queue.want(id, over);
        return true;
      }
      table.delete(id);
      keys.endTurn(id);
      release(kept);
      return true;
    };

    if (context.restored !== undefined) {
      control.restore(store.restore(context.restored)).end();
      for (let id = 0; id < keys.limit; id++) {
        const kept = table.get(id);
        if (kept !== undefined) queue.want(id, kept.at + after);
      }
    }
    control.start({
      // By the clock as well, nothing is held back beyond the end of the input.
      fireEvent: eventTime ? fire : (watermark) => watermark === Number.POSITIVE_INFINITY && fire(watermark),
      capture: (header) => store.capture(header),
      processing: eventTime ? undefined : { at: () => queue.next, fire },
    });
    const clock = eventTime ? undefined : context.clock;
    const next = specialise(keepLast)(keyOf, keys, table, queue, control, clock, ttl, create, release);
    return keyedInput(control, next);
  };
}

function storeOf({ uid, maxParallelism }: OperatorContext): KeyedStore {
  return new KeyedStore({ uid, maxParallelism });
}

/** Elements come out that much behind the watermark that let them go: the watermark goes on behind them, so that they are not late. */
function delayed(out: StreamObserver<never>, after: number): StreamObserver<never> {
  return { ...out, watermark: (timestamp) => out.watermark(timestamp - after) };
}
