import type { IntervalShared, IntervalSide } from './interval-next.js';

/**
 * Closed. Of a side that emits nothing when elements go: lets go of what no partner can come for at `watermark`, key by key, until
 * `stop`; answers true when nothing is left of that. The order does not matter here, and what goes, goes at once.
 */
export function releaseDue(
  { keys }: IntervalShared,
  { table, lists, queue, kept }: IntervalSide,
): (watermark: number, stop: () => boolean) => boolean {
  return (watermark, stop) => {
    for (;;) {
      const id = queue.take(watermark);
      if (id < 0) return true;
      const list = table.getForUpdate(id);
      if (list !== undefined) {
        const { times, values, heads, ends } = lists;
        if ((times[(ends[list] as number) - 1] as number) + kept <= watermark) {
          table.delete(id);
          lists.delete(list);
          keys.endTurn(id);
        } else {
          let head = heads[list] as number;
          for (; (times[head] as number) + kept <= watermark; head++) values[head] = undefined;
          heads[list] = head;
          queue.want(id, (times[head] as number) + kept);
        }
      }
      if (stop()) return false;
    }
  };
}

/** Emits what has had no partner, of the key of an outer side that comes first. Answers false when none is due. */
export function releaseOuter({ keys, control }: IntervalShared, side: IntervalSide, watermark: number): boolean {
  const { table, lists, queue, kept, emitAlone } = side;
  const id = queue.take(watermark);
  if (id < 0) return false;
  const list = table.getForUpdate(id);
  if (list === undefined) return true;
  control.fired = queue.time;
  const { times, values, marks, heads } = lists;
  const end = lists.endOf(list);
  let head = lists.headOf(list);
  // What is emitted goes by its own time.
  for (; head < end && (times[head] as number) + kept <= queue.time; head++) {
    if (marks[head] === UNMATCHED) emitAlone(keys.keyOf(id), values[head], times[head] as number);
    values[head] = undefined;
  }
  heads[list] = head;
  if (head === end) {
    table.delete(id);
    lists.delete(list);
    keys.endTurn(id);
  } else {
    queue.want(id, (times[head] as number) + kept);
  }
  return true;
}

/** The mark of an element that has had no partner yet. */
const UNMATCHED = 0;
