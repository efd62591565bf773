import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { KeyedControl, keyedInput, openStore } from './keyed-operator.js';
import { TimeBuckets } from './time-buckets.js';
import { alignedEntries } from './window-aligned-codec.js';
import { type AlignedWindow, alignedNode, slidingNext, tumblingNext } from './window-aligned-next.js';
import { accumulationOf, type WindowConsumer } from './window-consumer.js';
import { type LateElements, noTimestamps } from './window-late.js';

export interface AlignedWindows {
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
  readonly allowedLateness: number;
}

/**
 * Tumbling and sliding windows of event time with the default trigger: no timers of their own, no trigger state. Per key a list of
 * live windows, the newest first; beside it the times at which windows fire and at which they are forgotten.
 */
export function createAlignedWindows(
  context: OperatorContext,
  { size, slide, offset, allowedLateness }: AlignedWindows,
  late: LateElements,
  consumers: readonly WindowConsumer[],
): StreamObserver<unknown> {
  const { inputKey } = context;
  const control = new KeyedControl(
    context,
    consumers.map(({ out }) => out),
  );
  const contents = accumulationOf(consumers);
  const createNode = specialise(alignedNode)();
  const { store, table, header } = openStore(context, 'windows', alignedEntries(contents, createNode));
  const { keys } = store;
  const firing = new TimeBuckets();
  const cleaning = new TimeBuckets();

  const schedule = (id: number, last: number): void => {
    if (last > control.watermark) firing.add(last, id);
    else cleaning.add(last + allowedLateness, id);
  };

  const emit = (id: number, window: AlignedWindow): void => {
    const { start } = window;
    contents.emit(keys.keyOf(id), { start, end: start + size }, window.contents, start + size - 1);
  };

  /** Takes the element up in a window that does not exist yet. Answers the window, `undefined` when it is late. */
  const open = (
    id: number,
    start: number,
    before: AlignedWindow | undefined,
    value: unknown,
    timestamp: number,
  ): AlignedWindow | undefined => {
    const last = start + size - 1;
    if (last + allowedLateness <= control.watermark) return undefined;
    const next = before === undefined ? table.get(id) : before.next;
    const window = createNode(start, contents.create(), next);
    contents.add(window.contents, value, timestamp);
    if (before === undefined) table.set(id, window);
    else before.next = window;
    schedule(id, last);
    if (last <= control.watermark) emit(id, window);
    return window;
  };

  const skip = (id: number, value: unknown, timestamp: number): void => {
    keys.endTurn(id);
    if (Number.isNaN(timestamp)) throw noTimestamps(context.name);
    if (timestamp + allowedLateness <= control.watermark) late(value, timestamp);
  };

  // Near the largest safe integers the end of a window is rounded, so its start is not got back from it: windows are known by their ends.
  const remove = (id: number, end: number): void => {
    const isIt = ({ start }: AlignedWindow): boolean => start + size - 1 + allowedLateness === end;
    const head = table.getForUpdate(id);
    if (head === undefined) return;
    if (!isIt(head)) {
      let before = head;
      while (before.next !== undefined && !isIt(before.next)) before = before.next;
      if (before.next !== undefined) before.next = before.next.next;
    } else if (head.next !== undefined) {
      table.set(id, head.next);
    } else {
      table.delete(id);
      keys.endTurn(id);
    }
  };

  const fire = (id: number, last: number): void => {
    let window = table.get(id);
    while (window !== undefined && window.start + size - 1 !== last) window = window.next;
    if (window !== undefined) emit(id, window);
    if (allowedLateness === 0) remove(id, last);
    else cleaning.add(last + allowedLateness, id);
  };

  control.start({
    fireEvent(watermark) {
      if (firing.isDue(watermark)) {
        const last = firing.first;
        control.fired = last;
        fire(firing.take(), last);
        return true;
      }
      if (!cleaning.isDue(watermark)) return false;
      const end = cleaning.first;
      control.fired = end;
      remove(cleaning.take(), end);
      return true;
    },
    capture: (bytes) => store.capture(bytes),
  });
  if (header !== undefined) {
    control.restore(header);
    for (let id = 0; id < keys.limit; id++) {
      for (let window = table.get(id); window !== undefined; window = window.next)
        schedule(id, window.start + size - 1);
    }
  }

  const next =
    slide === size
      ? specialise(tumblingNext)(inputKey, keys, table, control, contents, size, offset, open, emit, skip)
      : specialise(slidingNext)(inputKey, keys, table, control, contents, size, slide, offset, open, emit, skip);
  return keyedInput(control, next);
}
