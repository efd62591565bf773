import type { KeyedControl } from '../operators/keyed-operator.js';
import type { KeyIndex } from '../state/key-index.js';
import type { Table } from '../state/table.js';
import type { MultiInput } from '../stream/multi-input.js';
import type { KeyRegister } from '../stream/operator.js';
import type { Side, SideWindows } from './side-windows.js';

/** Closed. A window that is alive is not late: it would have gone before its watermark went on. */
export function alignedJoinNext(
  inputs: MultiInput,
  side: Side,
  register: KeyRegister,
  keys: KeyIndex,
  table: Table<number>,
  control: KeyedControl,
  sides: SideWindows,
  { size, slide, offset }: { readonly size: number; readonly slide: number; readonly offset: number },
  open: (id: number, start: number, before: number) => number,
  skip: (id: number, value: unknown, timestamp: number) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (inputs.aligning) throw inputs.outOfWave();
    if (control.firing) control.settle();
    const id = keys.idOf(register.key);
    let start = Math.floor((timestamp - offset) / slide) * slide + offset;
    // The quotient of a fraction just below a bound may round up to it.
    if (start > timestamp) start -= slide;
    let window = table.getForUpdate(id) ?? -1;
    let before = -1;
    let accepted = false;
    for (; timestamp - start < size; start -= slide) {
      while (window >= 0 && (sides.starts[window] as number) > start) {
        before = window;
        window = sides.older[window] as number;
      }
      if (window >= 0 && sides.starts[window] === start) {
        before = window;
        window = sides.older[window] as number;
      } else {
        const opened = open(id, start, before);
        // Older windows are late too.
        if (opened < 0) break;
        before = opened;
      }
      sides.add(before, side, value);
      accepted = true;
      // At times beyond the safe integers a slide may be lost in rounding.
      if (start - slide === start) break;
    }
    if (!accepted) skip(id, value, timestamp);
  };
}
