import { KeyedControl, keyedInput } from '../operators/keyed-operator.js';
import { TimerQueue } from '../operators/timer-queue.js';
import { KeyedStore } from '../state/keyed-store.js';
import type { CheckedTtl } from '../state/ttl.js';
import { specialise } from '../stream/specialise.js';
import { asOfLeftNext, asOfRightNext } from './as-of-next.js';
import { AsOfRights } from './as-of-rights.js';
import { joinCall, type Project } from './join-context.js';
import { type CreateJoin, joinedInputs } from './joined-streams.js';
import { refuseLate } from './late-elements.js';
import { cut, insert, type TimedBuffer, timedBuffer, timedBufferEntries } from './timed-buffer.js';

export interface AsOfJoin {
  /** Milliseconds; `Infinity` for none. */
  readonly tolerance: number;
  readonly ttl: CheckedTtl;
  readonly late: { readonly left?: object; readonly right?: object };
  readonly project: Project;
}

/** Left elements of one key in one call: more of them wait for the next slice. */
const AT_ONCE = 256;

/**
 * Per key the left elements that wait for the watermark and the right ones that some left element may still ask for. A key stands in
 * a queue at the time at which the first of either has to be seen to.
 */
export function createAsOfJoin({ tolerance, ttl, late, project }: AsOfJoin): CreateJoin {
  return (context, [leftKey, rightKey], out) => {
    const { clock, uid, maxParallelism } = context;
    const inputs = joinedInputs('asOfJoin', () => signals);
    const control = new KeyedControl({ ...context, inputs }, [out]);
    const store = new KeyedStore({ uid, maxParallelism });
    const { keys } = store;
    const rights = new AsOfRights(tolerance, ttl, clock);
    const leftTable = store.entries('left', timedBufferEntries('left'));
    const rightTable = store.entries('right', timedBufferEntries('right', rights.marks));
    const queue = new TimerQueue();
    const expiries = new TimerQueue();
    const call = joinCall();
    const emit = out.next as (value: unknown, timestamp: number) => void;
    const signals = keyedInput(control, () => {});

    const schedule = (id: number, held: TimedBuffer): void => {
      const due = rights.nextChange(held);
      if (due < Number.POSITIVE_INFINITY) queue.want(id, due);
      if (!ttl.eventTime) expiries.want(id, rights.firstExpiry(held));
    };

    /** Answers the time of the first left element that has not been emitted, `Infinity` when there is none. */
    const emitLefts = (id: number, watermark: number): number => {
      const lefts = leftTable.getForUpdate(id);
      if (lefts === undefined) return Number.POSITIVE_INFINITY;
      const held = ttl.refreshesOnRead ? rightTable.getForUpdate(id) : rightTable.get(id);
      const { times, values } = lefts;
      const end = Math.min(times.length, lefts.head + AT_ONCE);
      const key = keys.keyOf(id);
      rights.look();
      for (; lefts.head < end && (times[lefts.head] as number) <= watermark; lefts.head++) {
        const time = times[lefts.head] as number;
        const place = held === undefined ? -1 : rights.find(held, time);
        call.key = key;
        call.timestamp = time;
        control.fired = Math.max(control.fired, time);
        emit(project(values[lefts.head], place < 0 ? undefined : held?.values[place], call), time);
        values[lefts.head] = undefined;
      }
      if (lefts.head === times.length) {
        leftTable.delete(id);
        return Number.POSITIVE_INFINITY;
      }
      cut(lefts);
      return times[lefts.head] as number;
    };

    const fireEvent = (watermark: number): boolean => {
      const id = queue.take(watermark);
      if (id < 0) return false;
      const waiting = emitLefts(id, watermark);
      // The end of the input ends no right element: the job may go on with more.
      if (waiting > watermark && watermark < Number.POSITIVE_INFINITY) free(id, watermark);
      if (waiting < Number.POSITIVE_INFINITY) queue.want(id, waiting);
      keys.endTurn(id);
      return true;
    };

    /** Frees the right elements of a key that nobody will ask for at or after the watermark. */
    const free = (id: number, watermark: number): void => {
      const held = rightTable.getForUpdate(id);
      if (held === undefined) return;
      if (rights.free(held, watermark)) rightTable.delete(id);
      else schedule(id, held);
    };

    const fireProcessing = (now: number): boolean => {
      const id = expiries.take(now);
      if (id < 0) return false;
      const held = rightTable.getForUpdate(id);
      if (held === undefined) return true;
      if (rights.expire(held, now)) rightTable.delete(id);
      else schedule(id, held);
      keys.endTurn(id);
      return true;
    };

    control.start({
      fireEvent,
      capture: (header) => store.capture(header),
      processing: ttl.eventTime ? undefined : { at: () => expiries.next, fire: fireProcessing },
    });
    if (context.restored !== undefined) {
      control.restore(store.restore(context.restored)).end();
      for (let id = 0; id < keys.limit; id++) {
        const lefts = leftTable.get(id);
        const held = rightTable.get(id);
        if (lefts !== undefined) queue.want(id, lefts.times[0] as number);
        if (held !== undefined) schedule(id, held);
      }
    }
    return [
      {
        next: specialise(asOfLeftNext)(
          inputs,
          leftKey,
          keys,
          control,
          leftTable,
          queue,
          specialise(timedBuffer)(false),
          insert,
          refuseLate(context, late.left),
        ),
        ...inputs.input(0),
      },
      {
        next: specialise(asOfRightNext)(
          inputs,
          rightKey,
          keys,
          control,
          rightTable,
          specialise(timedBuffer)(true),
          ttl.eventTime ? (timestamp) => timestamp : () => clock.now(),
          (held, time, value, touched) => rights.insert(held, time, value, touched),
          (held, time) => rights.isUseless(held, time, control.watermark),
          schedule,
          refuseLate(context, late.right),
        ),
        ...inputs.input(1),
      },
    ];
  };
}
