import { KeyedControl, keyedInput, openStore } from '../operators/keyed-operator.js';
import { TimeBuckets } from '../operators/time-buckets.js';
import { lateElements, noTimestamps } from '../operators/window-late.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { alignedJoinNext } from './aligned-join-next.js';
import type { EmitWindow, WantedAlone } from './fired-sides.js';
import { type CreateJoin, joinedInputs } from './joined-streams.js';
import { LEFT, NONE, RIGHT, type Side, SideWindows } from './side-windows.js';
import { sideWindowEntries } from './side-windows-codec.js';

/** Where windows begin and how long they are. */
export interface AlignedKind {
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
}

/**
 * Tumbling and sliding windows of event time with the elements of both sides. Per key its live windows; beside it, by the time at which
 * windows end, the keys that have one.
 */
export function createAlignedJoin(
  component: string,
  { size, slide, offset }: AlignedKind,
  emitWindow: (out: StreamObserver<never>) => EmitWindow,
  alone: WantedAlone,
): CreateJoin {
  return (context, [leftKey, rightKey], out) => {
    const inputs = joinedInputs(component, () => signals);
    const control = new KeyedControl({ ...context, inputs }, [out]);
    const sides = new SideWindows();
    const { store, table, header } = openStore(context, 'windows', sideWindowEntries('windows', sides));
    const { keys } = store;
    const ends = new TimeBuckets();
    const emit = emitWindow(out);
    const late = lateElements(context, undefined);
    const signals = keyedInput(control, nothing);
    let shown = { start: Number.NaN, end: Number.NaN };

    const open = (id: number, start: number, before: number): number => {
      const last = start + size - 1;
      if (last <= control.watermark) return NONE;
      const window = sides.open(start, before === NONE ? (table.get(id) ?? NONE) : (sides.older[before] as number));
      if (before === NONE) table.set(id, window);
      else sides.older[before] = window;
      ends.add(last, id);
      return window;
    };

    const skip = (id: number, value: unknown, timestamp: number): void => {
      keys.endTurn(id);
      if (Number.isNaN(timestamp)) throw noTimestamps(context.name);
      if (timestamp <= control.watermark) late(value, timestamp);
    };

    const fire = (id: number, window: number, timestamp: number): void => {
      const left = sides.has(window, LEFT);
      const right = sides.has(window, RIGHT);
      if (left ? !right && !alone.left : !alone.right) return;
      const start = sides.starts[window] as number;
      // Neighbours mostly end together: one object for all of them.
      if (start !== shown.start) shown = { start, end: start + size };
      const value = { left: sides.elements(window, LEFT), right: sides.elements(window, RIGHT) };
      emit({ key: keys.keyOf(id), window: shown, value }, timestamp);
    };

    // Near the largest safe integers the end of a window is rounded, so its start is not got back from it: windows are known by their ends.
    const end = (id: number, last: number): void => {
      let before = NONE;
      let window = table.getForUpdate(id) ?? NONE;
      while (window !== NONE && (sides.starts[window] as number) + size - 1 !== last) {
        before = window;
        window = sides.older[window] as number;
      }
      if (window === NONE) return;
      fire(id, window, last);
      const older = sides.older[window] as number;
      if (before !== NONE) sides.older[before] = older;
      else if (older !== NONE) table.set(id, older);
      else table.delete(id);
      sides.close(window);
      keys.endTurn(id);
    };

    control.start({
      fireEvent(watermark) {
        if (!ends.isDue(watermark)) return false;
        const last = ends.first;
        control.fired = last;
        end(ends.take(), last);
        return true;
      },
      capture: (bytes) => store.capture(bytes),
    });
    if (header !== undefined) {
      control.restore(header);
      // Windows that a later link of the checkpoint has replaced go.
      const used = new Set<number>();
      for (let id = 0; id < keys.limit; id++) {
        for (let window = table.get(id) ?? NONE; window !== NONE; window = sides.older[window] as number) {
          used.add(window);
          ends.add((sides.starts[window] as number) + size - 1, id);
        }
      }
      sides.keepOnly(used);
    }

    const input = (side: Side, register: KeyRegister): StreamObserver<unknown> => ({
      next: specialise(alignedJoinNext)(
        inputs,
        side,
        register,
        keys,
        table,
        control,
        sides,
        { size, slide, offset },
        open,
        skip,
      ),
      ...inputs.input(side),
    });
    return [input(LEFT, leftKey), input(RIGHT, rightKey)];
  };
}

const nothing: StreamObserver<unknown>['next'] = () => {};
