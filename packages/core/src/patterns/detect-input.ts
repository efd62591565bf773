import { KeyedControl, keyedInput, openStore } from '../operators/keyed-operator.js';
import { TimerQueue } from '../operators/timer-queue.js';
import { type LateElements, lateElements, noTimestamps } from '../operators/window-late.js';
import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { CreateOperator, KeyRegister } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { Matcher } from './matcher.js';
import { KeyMatches, matchEntries, type Taken } from './matches.js';
import type { Steps } from './pattern.js';
import type { Skip } from './skip.js';

export type Project = (match: Readonly<Record<string, readonly unknown[]>>, key: unknown) => unknown;

/** The options of `detect`, checked. */
export interface Detection {
  readonly skip: Skip;
  readonly time: 'event' | 'processing';
  readonly late: object | undefined;
  readonly timedOut: object | undefined;
}

/** The input of `detect`. In event time elements wait for the watermark; a key stands in the queue at the first time that matters. */
export function createDetect(
  pattern: Steps,
  project: Project,
  { skip, time, late, timedOut }: Detection,
): CreateOperator {
  return (context, out) => {
    const control = new KeyedControl(context, [out]);
    const { store, table, header } = openStore(context, 'matches', matchEntries(pattern));
    const { keys } = store;
    const { clock } = context;
    const queue = new TimerQueue();
    const toTimedOut = timedOut && context.sideOutput(timedOut);
    const create = (): KeyMatches => new KeyMatches();
    let key: unknown;
    const matcher = new Matcher(pattern, skip, {
      matched: (last, at) => out.next(project(matchOf(pattern, last), key) as never, at),
      timedOut: (last, at) => toTimedOut?.({ key, match: matchOf(pattern, last) }, at),
    });

    const due = (matches: KeyMatches): number =>
      Math.min(matches.times[0] ?? Number.POSITIVE_INFINITY, matcher.deadline(matches));

    const settle = (id: number, matches: KeyMatches): void => {
      if (matches.isEmpty) {
        table.delete(id);
        keys.endTurn(id);
      } else {
        const next = due(matches);
        if (next < Number.POSITIVE_INFINITY) queue.want(id, next);
      }
    };

    /** What is due at `until` for the first key that has something due. */
    const fire = (until: number): boolean => {
      const id = queue.take(until);
      if (id < 0) return false;
      const matches = table.getForUpdate(id);
      if (matches === undefined) return true;
      key = keys.keyOf(id);
      if (queue.time < Number.POSITIVE_INFINITY) control.fired = queue.time;
      const { times, values } = matches;
      let count = 0;
      while (count < times.length && (times[count] as number) <= queue.time) count++;
      const now = queue.time;
      const [timesNow, valuesNow] = [times.splice(0, count), values.splice(0, count)];
      for (let at = 0; at < count; at++) matcher.offer(matches, valuesNow[at], timesNow[at] as number);
      matcher.advance(matches, now);
      settle(id, matches);
      return true;
    };

    const arrived = (id: number, matches: KeyMatches, value: unknown, now: number): void => {
      key = keys.keyOf(id);
      matcher.offer(matches, value, now);
      settle(id, matches);
    };

    control.start({
      fireEvent: time === 'event' ? fire : () => false,
      capture: (bytes) => store.capture(bytes),
      processing: time === 'event' ? undefined : { at: () => queue.next, fire },
    });
    if (header !== undefined) {
      control.restore(header).end();
      for (let id = 0; id < keys.limit; id++) {
        const matches = table.get(id);
        const next = matches === undefined ? Number.POSITIVE_INFINITY : due(matches);
        if (next < Number.POSITIVE_INFINITY) queue.want(id, next);
      }
    }
    const { inputKey, name } = context;
    const next =
      time === 'event'
        ? specialise(waitForTime)(inputKey, keys, table, control, queue, create, lateElements(context, late), () =>
            noTimestamps(name),
          )
        : specialise(matchAtOnce)(inputKey, keys, table, create, clock, arrived);
    return keyedInput(control, next);
  };
}

/** Closed. */
function waitForTime(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<KeyMatches>,
  control: KeyedControl,
  queue: TimerQueue,
  create: () => KeyMatches,
  late: LateElements,
  withoutTimestamp: () => Error,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (control.firing) control.settle();
    // NaN is neither.
    if (!(timestamp > control.watermark)) {
      if (timestamp <= control.watermark) return late(value, timestamp);
      throw withoutTimestamp();
    }
    const id = keys.idOf(register.key);
    let matches = table.getForUpdate(id);
    if (matches === undefined) {
      matches = create();
      table.set(id, matches);
    }
    matches.wait(value, timestamp);
    queue.want(id, timestamp);
  };
}

/** Closed. The clock is not followed when it is set back. */
function matchAtOnce(
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<KeyMatches>,
  create: () => KeyMatches,
  clock: { now(): number },
  arrived: (id: number, matches: KeyMatches, value: unknown, now: number) => void,
): (value: unknown) => void {
  let newest = Number.NEGATIVE_INFINITY;
  return (value) => {
    const now = clock.now();
    if (now > newest) newest = now;
    const id = keys.idOf(register.key);
    let matches = table.getForUpdate(id);
    if (matches === undefined) {
      matches = create();
      table.set(id, matches);
    }
    arrived(id, matches, value, newest);
  };
}

/** The elements of a match by step. */
function matchOf({ steps }: Steps, last: Taken): Readonly<Record<string, readonly unknown[]>> {
  const byStep: unknown[][] = steps.map(() => []);
  for (let taken: Taken | undefined = last; taken !== undefined; taken = taken.previous)
    byStep[taken.step]?.push(taken.value);
  return Object.fromEntries(steps.map(({ name }, step) => [name, (byStep[step] as unknown[]).reverse()]));
}
