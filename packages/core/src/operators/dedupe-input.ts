import { KeyedStore } from '../state/keyed-store.js';
import type { Table } from '../state/table.js';
import type { CheckedTtl } from '../state/ttl.js';
import { Expiry } from '../state/ttl.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import type { StreamObserver } from '../stream/element.js';
import type { CreateOperator, OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { emitFirst, keepLast } from './dedupe-next.js';
import { KeptRows, SeenRows } from './dedupe-rows.js';
import { KeyedControl, keyedInput } from './keyed-operator.js';
import { TimerQueue } from './timer-queue.js';

/** What `dedupe` does, checked. */
export interface Deduplication {
  readonly keyOf: (value: unknown) => unknown;
  readonly ttl: CheckedTtl;
}

/** The input of `dedupe` that lets the first element of a key pass. */
export function createDedupeFirst({ keyOf, ttl }: Deduplication): CreateOperator {
  return (context, out) => {
    const store = storeOf(context);
    const control = new KeyedControl(context, [out]);
    const turn: Turn = {
      id: NO_TURN,
      timestamp: Number.NaN,
      get watermark() {
        return control.kept();
      },
      clock: context.clock,
    };
    const expiry = new Expiry({ after: ttl.after, time: ttl.eventTime ? 'event' : 'processing' }, turn, context.uid);
    const rows = new SeenRows();
    const table = store.entries('keys', rows.codec(expiry));
    restore(context, store, control, table, rows);
    control.start({ fireEvent: () => false, capture: (header) => store.capture(header) });
    const clock = ttl.eventTime ? undefined : context.clock;
    return keyedInput(control, specialise(emitFirst)(keyOf, store.keys, table, rows, control, clock, ttl, out.next));
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
    const rows = new KeptRows();
    const table = store.entries('keys', rows.codec());
    const emit: StreamObserver<unknown>['next'] = out.next;

    /** The first key that may be over: emits its element, or puts it back. */
    const fire = (until: number): boolean => {
      const id = queue.take(until);
      if (id < 0) return false;
      if (rows.at[id] === Number.NEGATIVE_INFINITY) {
        // There was no event time yet when it came.
        table.getForUpdate(id);
        rows.at[id] = until;
      }
      const over = (rows.at[id] as number) + after;
      if (over > queue.time) {
        queue.want(id, over);
        return true;
      }
      table.delete(id);
      keys.endTurn(id);
      const element = rows.elements[id];
      rows.elements[id] = undefined;
      emit(element, rows.timestamps[id] as number);
      return true;
    };

    restore(context, store, control, table, rows);
    for (let id = 0; id < keys.limit; id++) if (table.has(id)) queue.want(id, (rows.at[id] as number) + after);
    control.start({
      // By the clock as well, nothing is held back beyond the end of the input.
      fireEvent: eventTime ? fire : (watermark) => watermark === Number.POSITIVE_INFINITY && fire(watermark),
      capture: (header) => store.capture(header),
      processing: eventTime ? undefined : { at: () => queue.next, fire },
    });
    const clock = eventTime ? undefined : context.clock;
    return keyedInput(control, specialise(keepLast)(keyOf, keys, table, rows, queue, control, clock, ttl, out.next));
  };
}

function storeOf({ uid, maxParallelism }: OperatorContext): KeyedStore {
  return new KeyedStore({ uid, maxParallelism });
}

/** From what the store has read, the columns. */
function restore(
  context: OperatorContext,
  store: KeyedStore,
  control: KeyedControl,
  table: Table<unknown>,
  rows: { restored(id: number, entry: unknown): void },
): void {
  if (context.restored === undefined) return;
  control.restore(store.restore(context.restored)).end();
  for (let id = 0; id < store.keys.limit; id++) {
    const entry = table.get(id);
    if (entry === undefined) continue;
    rows.restored(id, entry);
    // Nothing has changed by that.
    table.values[id] = id;
  }
}

/** Elements come out that much behind the watermark that let them go: the watermark goes on behind them, so that they are not late. */
function delayed(out: StreamObserver<never>, after: number): StreamObserver<never> {
  return { ...out, watermark: (timestamp) => out.watermark(timestamp - after) };
}
