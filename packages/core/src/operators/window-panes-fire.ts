import type { KeyIndex } from '../state/key-index.js';
import type { TimerWaves } from './timer-waves.js';
import type { Accumulation } from './window-consumer.js';
import type { PaneRows } from './window-panes-next.js';

/**
 * Closed. Fires what is due at `until`, until `stop`; answers true when nothing is due any more. Most keys come and go with one pane: of
 * what checkpoints keep of those nothing is changed until the pane goes.
 *
 * @param windowAt The window that begins at a time.
 * @param several Fires a key with several panes.
 * @param endAlone The windows of a key with one pane have all fired.
 */
export function panesFire(
  queue: TimerWaves,
  keys: KeyIndex,
  contents: Accumulation,
  rows: PaneRows,
  size: number,
  slide: number,
  windowAt: (start: number) => object,
  several: (id: number, now: number) => void,
  endAlone: (id: number, now: number) => void,
): (until: number, stop: () => boolean) => boolean {
  return (until, stop) => {
    for (;;) {
      const id = queue.take(until);
      if (id < 0) return true;
      const now = queue.time;
      if (rows.alone[id] === 1) {
        const start = rows.next[id] as number;
        if (start + size - 1 === now) {
          contents.emit(keys.keyOf(id), windowAt(start), rows.contents[id] as object, now);
          if (start + slide <= (rows.starts[id] as number)) {
            rows.next[id] = start + slide;
            queue.want(id, start + slide + size - 1);
          } else {
            rows.next[id] = Number.NaN;
            endAlone(id, now);
          }
        } else {
          endAlone(id, now);
        }
      } else {
        several(id, now);
      }
      if (stop()) return false;
    }
  };
}
