import { KeyedControl, keyedInput } from '../operators/keyed-operator.js';
import { KeyedStore } from '../state/keyed-store.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister, OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { ExpiryQueue } from './expiry-queue.js';
import { type IntervalShared, type IntervalSide, intervalNext } from './interval-next.js';
import { releaseDue, releaseOuter } from './interval-release.js';
import { joinCall, type Project } from './join-context.js';
import { type CreateJoin, joinedInputs } from './joined-streams.js';
import { refuseLate } from './late-elements.js';
import { TimedLists } from './timed-lists.js';
import { timedListEntries } from './timed-lists-codec.js';

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
 * Per key and side a list of the elements that still may get a partner. A key stands in a queue at the time at which the first of them
 * is to go.
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
    };
    const left = openSide(join, context, registers[0], store, shared, true);
    const right = openSide(join, context, registers[1], store, shared, false);
    const signals = keyedInput(control, nothing);

    const inner = [left, right].filter(({ outer }) => !outer).map((side) => specialise(releaseDue)(shared, side));
    const outer = [left, right].filter((side) => side.outer);
    const fireOuter = (watermark: number): boolean => {
      const [one, other] = outer;
      if (one === undefined) return false;
      if (other === undefined) return releaseOuter(shared, one, watermark);
      const first = one.queue.next <= other.queue.next ? one : other;
      return releaseOuter(shared, first, watermark) || releaseOuter(shared, first === one ? other : one, watermark);
    };
    const fireEvents = (watermark: number, stop: () => boolean): boolean => {
      // The end of the input frees nothing, and the job may go on with more.
      if (watermark < Number.POSITIVE_INFINITY)
        for (const release of inner) if (!release(watermark, stop)) return false;
      while (fireOuter(watermark)) if (stop()) return false;
      return true;
    };

    control.start({
      fireEvent: (watermark) => !fireEvents(watermark, always),
      fireEvents,
      capture: (header) => store.capture(header),
    });
    if (context.restored !== undefined) {
      control.restore(store.restore(context.restored)).end();
      for (const side of [left, right]) restored(side, store.keys.limit);
    }
    return [
      { next: specialise(intervalNext)(shared, left, right), ...inputs.input(0) },
      { next: specialise(intervalNext)(shared, right, left), ...inputs.input(1) },
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
  const lists = new TimedLists(ours);
  return {
    isLeft,
    register,
    table: store.entries(name, timedListEntries(name, lists, ours ? 'matched or not' : undefined)),
    lists,
    queue: new ExpiryQueue(ours),
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

/** Finds its place in the queue for each key. Lists that a later link of the checkpoint has replaced go. */
function restored({ table, lists, queue, kept }: IntervalSide, limit: number): void {
  const used = new Set<number>();
  for (let id = 0; id < limit; id++) {
    const list = table.get(id);
    if (list === undefined) continue;
    used.add(list);
    queue.want(id, (lists.times[lists.headOf(list)] as number) + kept);
  }
  lists.keepOnly(used);
}

const always = (): boolean => true;

const nothing: StreamObserver<unknown>['next'] = () => {};
