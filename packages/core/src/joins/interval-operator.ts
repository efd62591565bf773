import { KeyedControl, keyedInput } from '../operators/keyed-operator.js';
import { KeyedStore } from '../state/keyed-store.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister, OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { ExpiryQueue } from './expiry-queue.js';
import { type IntervalShared, type IntervalSide, intervalNext } from './interval-next.js';
import { joinCall, type Project } from './join-context.js';
import { type CreateJoin, joinedInputs } from './joined-streams.js';
import { refuseLate } from './late-elements.js';
import { cut, firstFrom, insert, timedBuffer, timedBufferEntries } from './timed-buffer.js';

export interface IntervalJoin {
  /** Milliseconds from the left element to the right. */
  readonly low: number;
  readonly high: number;
  readonly outer: { readonly left: boolean; readonly right: boolean };
  readonly late: { readonly left?: object; readonly right?: object };
  readonly project: Project;
}

/** How long an element is kept whose partners reach from it up to `high`: until the watermark is where none of them is accepted. */
export function keptFor(high: number): number {
  // The watermark itself is not late: partners that all lie before the element may come as long as the watermark is not behind them.
  return high >= 0 ? high : Math.min(0, high + 1);
}

/**
 * Per key and side the elements that still may get a partner, in order of time. A key stands in a queue at the time at which the
 * first of them is to go.
 */
export function createIntervalJoin(join: IntervalJoin): CreateJoin {
  return (context, registers, out) => {
    const inputs = joinedInputs('intervalJoin', () => signals);
    const control = new KeyedControl({ ...context, inputs }, [out]);
    const store = new KeyedStore({ uid: context.uid, maxParallelism: context.maxParallelism });
    const call = joinCall();
    const emit = out.next as (value: unknown, timestamp: number) => void;
    const { project } = join;
    const shared: IntervalShared = {
      inputs,
      keys: store.keys,
      control,
      call,
      project,
      emit,
      insert,
      firstFrom,
    };
    const left = openSide(join, context, registers[0], store, shared, true);
    const right = openSide(join, context, registers[1], store, shared, false);
    const signals = keyedInput(control, nothing);

    control.start({
      fireEvent(watermark) {
        const first = left.queue.next <= right.queue.next ? left : right;
        return release(shared, first, watermark) || release(shared, first === left ? right : left, watermark);
      },
      capture: (header) => store.capture(header),
    });
    if (context.restored !== undefined) {
      control.restore(store.restore(context.restored)).end();
      for (const side of [left, right]) {
        for (let id = 0; id < store.keys.limit; id++) {
          const buffer = side.table.get(id);
          if (buffer !== undefined) side.queue.want(id, (buffer.times[0] as number) + side.kept);
        }
      }
    }
    return [
      { next: specialise(intervalNext)(shared, left, right.table, right.outer), ...inputs.input(0) },
      { next: specialise(intervalNext)(shared, right, left.table, left.outer), ...inputs.input(1) },
    ];
  };
}

function openSide(
  { low, high, outer, late, project }: IntervalJoin,
  context: OperatorContext,
  register: KeyRegister,
  store: KeyedStore,
  { call, emit }: IntervalShared,
  isLeft: boolean,
): IntervalSide {
  const [name, ours, to] = isLeft ? (['left', outer.left, high] as const) : (['right', outer.right, -low] as const);
  return {
    isLeft,
    register,
    table: store.entries(name, timedBufferEntries(name, { shape: ours ? 'matched or not' : undefined })),
    queue: new ExpiryQueue(ours),
    createBuffer: specialise(timedBuffer)(ours),
    low: isLeft ? low : -high,
    high: to,
    kept: keptFor(to),
    outer: ours,
    refuse: refuseLate(context, late[name]),
    emitAlone(key, value, timestamp) {
      // Not before the watermark that says so, or it would be late behind this operator.
      const certain = timestamp + Math.max(0, to);
      call.key = key;
      call.timestamp = certain;
      emit(isLeft ? project(value, undefined, call) : project(undefined, value, call), certain);
    },
  };
}

/** Lets go of what has been kept long enough, of the key that comes first. Answers false when there is none. */
function release({ keys, control }: IntervalShared, side: IntervalSide, watermark: number): boolean {
  const { table, queue, kept, outer, emitAlone } = side;
  // The end of the input brings nothing about here, and the job may go on with more.
  if (!outer && watermark === Number.POSITIVE_INFINITY) return false;
  const id = queue.take(watermark);
  if (id < 0) return false;
  const buffer = table.getForUpdate(id);
  if (buffer === undefined) return true;
  // What is emitted goes by its own time; what only goes, goes at once.
  const until = outer ? queue.time : watermark;
  if (outer) control.fired = queue.time;
  const { times, values, marks } = buffer;
  let { head } = buffer;
  for (; head < times.length && (times[head] as number) + kept <= until; head++) {
    if (marks !== undefined && marks[head] === UNMATCHED)
      emitAlone(keys.keyOf(id), values[head], times[head] as number);
    values[head] = undefined;
  }
  buffer.head = head;
  if (head === times.length) {
    table.delete(id);
    keys.endTurn(id);
  } else {
    cut(buffer);
    queue.want(id, (times[buffer.head] as number) + kept);
  }
  return true;
}

/** The mark of an element that has had no partner yet. */
const UNMATCHED = 0;

const nothing: StreamObserver<unknown>['next'] = () => {};
